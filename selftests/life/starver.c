// SPDX-License-Identifier: GPL-2.0
/*
 * Tasks that hardly ever run: of the lowest class, on a processor that others keep
 * busy.  Each is stopped in the midst of something for as long as its owner likes.
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "life/inmate.h"

#define NR_STARVED	100
#define NR_BUSY		20

static struct board *common;

static _Noreturn void chroots(void)
{
	for (;;) {
		if (chroot("/"))
			board_wrong(common, "chroot: %s", strerror(errno));
		__atomic_fetch_add(&common->rounds, 1, __ATOMIC_SEQ_CST);
	}
}

static _Noreturn void calls(void)
{
	for (;;) {
		syscall(SYS_getppid);
		__atomic_fetch_add(&common->rounds, 1, __ATOMIC_SEQ_CST);
	}
}

static _Noreturn void spin(void)
{
	for (;;)
		;
}

static bool start(void (*work)(void), int policy)
{
	struct sched_param none = {};
	pid_t pid = fork();

	if (pid)
		return pid > 0;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (sched_setscheduler(0, policy, &none))
		board_wrong(common, "class: %s", strerror(errno));
	board_reaches(&common->go, 1, -1);
	work();
	return false;
}

/* It is ready a first time when all are there and wait for the test's word. */
int inmate_starver(struct board *board, const char *what)
{
	void (*work)(void) = !strcmp(what, "chroots") ? chroots : calls;
	cpu_set_t first;
	int i;

	common = board;
	CPU_ZERO(&first);
	CPU_SET(0, &first);
	if (sched_setaffinity(0, sizeof(first), &first))
		return INMATE_BROKEN;
	for (i = 0; i < NR_STARVED; i++)
		if (!start(work, SCHED_IDLE))
			return INMATE_BROKEN;
	for (i = 0; i < NR_BUSY; i++)
		if (!start(spin, SCHED_OTHER))
			return INMATE_BROKEN;
	board_add(&board->ready, 1);
	board_reaches(&board->go, 1, -1);
	board_reaches(&board->rounds, NR_STARVED, 1000);
	board_add(&board->ready, 1);
	board_reaches(&board->stop, 1, -1);
	return board->errors ? 1 : 0;
}
