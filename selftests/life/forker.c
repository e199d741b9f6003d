// SPDX-License-Identifier: GPL-2.0
/*
 * Processes that fork as fast as they can, whatever becomes of it: their container has
 * little memory or none left, and whom the kernel kills for that is replaced.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "life/inmate.h"

static struct board *common;

static _Noreturn void keep_forking(void)
{
	pid_t pid;

	/* Rather than the first process, with which all would end. */
	if (write_text("/proc/self/oom_score_adj", "1000"))
		board_wrong(common, "oom_score_adj: %s", strerror(errno));
	board_add(&common->ready, 1);
	board_reaches(&common->go, 1, -1);
	while (!__atomic_load_n(&common->stop, __ATOMIC_SEQ_CST)) {
		pid = fork();
		if (!pid)
			_exit(0);
		if (pid > 0)
			waitpid(pid, NULL, 0);
		__atomic_fetch_add(&common->rounds, 1, __ATOMIC_SEQ_CST);
	}
	_exit(0);
}

static void start(void)
{
	if (!fork())
		keep_forking();
}

int inmate_forker(struct board *board, const char *arg)
{
	int i, forkers = *arg ? atoi(arg) : NR_FORKERS;

	common = board;
	for (i = 0; i < forkers; i++)
		start();
	/* Others' children come to the first process as well. */
	while (!__atomic_load_n(&board->stop, __ATOMIC_SEQ_CST) &&
	       waitpid(-1, &i, 0) > 0)
		if (WIFSIGNALED(i))
			start();
	return board->errors ? 1 : 0;
}
