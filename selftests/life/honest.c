// SPDX-License-Identifier: GPL-2.0
/* Children that change their root and their users as any program may. */
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/recipe.h"
#include "life/inmate.h"

static int change_root(void)
{
	return chroot("/tmp") || chdir("/") || !access("/program", F_OK);
}

static int become_root_again(void)
{
	if (setresuid(1000, 1000, 1000))
		return 1;
	execl(SETUID_PATH, SETUID_PATH, HONEST_ROOT, NULL);
	return 1;
}

int inmate_root(struct board *board, const char *arg)
{
	(void)board;
	(void)arg;
	return geteuid() || getuid() != 1000;
}

static void child(struct board *board, const char *what, int (*act)(void))
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(act());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		board_wrong(board, "%s: %s", what, strerror(errno));
	else if (status)
		board_wrong(board, "%s: status %x", what, status);
}

int inmate_honest(struct board *board, const char *arg)
{
	(void)arg;
	while (!__atomic_load_n(&board->stop, __ATOMIC_SEQ_CST)) {
		child(board, "chroot", change_root);
		child(board, "a set-user-ID program", become_root_again);
		board_add(&board->rounds, 1);
		board_rest(board);
	}
	return board->errors ? 1 : 0;
}

/* Executes what hangs in the kernel until its interpreter can be opened. */
int inmate_hang(struct board *board, const char *program)
{
	board_add(&board->ready, 1);
	board_reaches(&board->go, 1, -1);
	execl(program, program, NULL);
	board_wrong(board, "exec: %s", strerror(errno));
	return 1;
}
