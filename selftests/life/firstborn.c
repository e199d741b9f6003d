// SPDX-License-Identifier: GPL-2.0
/*
 * The first process of a container that can't be asked what it is, or is rooted where
 * the host is, and another that goes to a directory of the host by a descriptor that
 * it was handed.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/inotify.h>
#include <sys/mount.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/util.h"
#include "life/first.h"
#include "life/inmate.h"
#include "life/stray.h"

#define PROC		"/host"
#define USER		65534
#define NR_STACKS	16
#define STACK_SIZE	65536
/* Each takes a grace period to be closed. */
#define NR_WATCHES	40

static struct board *common;
static char stacks[NR_STACKS][STACK_SIZE] __attribute__((aligned(16)));
/* Of one for each stack: its id once it runs, 0 before; it may go on. */
static int tids[NR_STACKS], may_go[NR_STACKS];

static _Noreturn void find_secret(void)
{
	board_reaches(&common->go, 1, -1);
	if (!fchdir(STRAY_FD) && open(FIRST_SECRET, O_RDONLY) >= 0)
		board_add(&common->rounds, 1);
	for (;;)
		pause();
}

static int run(void *arg);

static void start(unsigned long k)
{
	unsigned int i = k % NR_STACKS;

	tids[i] = 0;
	may_go[i] = 0;
	if (clone(run, stacks[i] + STACK_SIZE, CLONE_VM | CLONE_FS | CLONE_FILES |
		  CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, (void *)k) < 0)
		board_wrong(common, "clone: %s", strerror(errno));
	board_reaches(&tids[i], 1, -1);
}

/* It has given up its root by the time that it closes them. */
static void open_watches(void)
{
	int i, fd;

	for (i = 0; i < NR_WATCHES; i++) {
		fd = inotify_init1(0);
		if (fd < 0 || inotify_add_watch(fd, "/", IN_ALL_EVENTS) < 0)
			board_wrong(common, "inotify: %s", strerror(errno));
	}
}

/* Exits once the one before it has, who was the namespace's reaper until then. */
static int run(void *arg)
{
	unsigned long k = (unsigned long)arg;
	int before = tids[(k - 1) % NR_STACKS];
	unsigned int i = k % NR_STACKS;

	syscall(SYS_unshare, CLONE_FILES);
	board_set(&tids[i], syscall(SYS_gettid));
	board_reaches(&may_go[i], 1, -1);
	start(k + 1);
	open_watches();
	while (k > 1 && !syscall(SYS_tgkill, getpid(), before, 0))
		usleep(200);
	if (k == 3)
		board_add(&common->ready, 1);
	board_set(&may_go[(k + 1) % NR_STACKS], 1);
	syscall(SYS_exit, 0);
	return 0;
}

static int be_exiting(void)
{
	start(1);
	board_set(&may_go[1], 1);
	syscall(SYS_exit, 0);
	return INMATE_BROKEN;
}

static _Noreturn void be_there(void)
{
	board_add(&common->ready, 1);
	for (;;)
		pause();
}

static int outlive(void *arg)
{
	char text[512], *state = NULL;

	(void)arg;
	do {
		if (read_text(PROC "/1/task/1/stat", text, sizeof(text)) <= 0 ||
		    !(state = strrchr(text, ')')))
			board_wrong(common, PROC);
	} while (!common->errors && (!state || state[2] != 'Z'));
	be_there();
}

static int be_a_thread(void)
{
	if (clone(outlive, stacks[0] + STACK_SIZE, CLONE_VM | CLONE_FS | CLONE_FILES |
		  CLONE_SIGHAND | CLONE_THREAD | CLONE_SYSVSEM, NULL) < 0)
		return INMATE_BROKEN;
	syscall(SYS_exit, 0);
	return INMATE_BROKEN;
}

int inmate_firstborn(struct board *board, const char *how)
{
	common = board;
	if (!strcmp(how, FIRST_OTHER))
		find_secret();
	if (!fork()) {
		execl("/program", "/program", "firstborn", FIRST_OTHER, NULL);
		_exit(INMATE_BROKEN);
	}
	if (!strcmp(how, FIRST_ELSEWHERE) && (chroot("/host") || chdir("/")))
		return INMATE_BROKEN;
	if (!strcmp(how, FIRST_THREAD) && mount("proc", PROC, "proc", 0, NULL))
		return INMATE_BROKEN;
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER))
		return INMATE_BROKEN;
	if (!strcmp(how, FIRST_THREAD))
		return be_a_thread();
	if (strcmp(how, FIRST_EXITING))
		be_there();
	return be_exiting();
}
