// SPDX-License-Identifier: GPL-2.0
/*
 * Two tasks stand in an exec() in turn, each for a moment, before their tracer: one of
 * them is always inside, and none for long.  At the test's word, or when it sees
 * itself that a retirement is under way, the tracer lets them stand, or lets them go
 * once others wait elsewhere.
 */
#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "life/elsewhere.h"
#include "life/inmate.h"
#include "life/stray.h"

#define TURN_MS	200
/* Longer than an exec takes that does not wait at a door. */
#define LATE_MS	1000

static struct board *common;

/* It goes on to its exec. */
static pid_t begin(void)
{
	pid_t pid = fork();
	int status;

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		execl("/program", "/program", STRAY_DONE, NULL);
		_exit(INMATE_BROKEN);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status) ||
	    ptrace(PTRACE_SETOPTIONS, pid, NULL,
		   PTRACE_O_TRACEEXEC | PTRACE_O_EXITKILL) ||
	    ptrace(PTRACE_CONT, pid, NULL, 0))
		board_wrong(common, "a traced child: %s", strerror(errno));
	return pid;
}

/* Does it stand within that time?  -1: however long it takes. */
static bool stands(pid_t pid, int ms)
{
	struct timespec limit = { ms / 1000, ms % 1000 * 1000000L };
	int status, flags = ms < 0 ? 0 : WNOHANG;
	sigset_t child;

	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	while (!waitpid(pid, &status, flags))
		if (sigtimedwait(&child, NULL, &limit) < 0)
			return false;
	if (status >> 8 != (SIGTRAP | PTRACE_EVENT_EXEC << 8))
		board_wrong(common, "no exec: %x", status);
	return true;
}

static void let_go(pid_t pid)
{
	int status;

	if (ptrace(PTRACE_CONT, pid, NULL, 0) ||
	    waitpid(pid, &status, 0) != pid || status)
		board_wrong(common, "the program: %s", strerror(errno));
	board_add(&common->rounds, 1);
}

/* Where one stands and another may not come in, yet. */
static void move_on(pid_t one, pid_t two)
{
	elsewhere_wait(common);
	board_add(&common->ready, 1);
	let_go(one);
	stands(two, -1);
	let_go(two);
	board_reaches(&common->stop, 1, -1);
	elsewhere_end(common);
}

int inmate_stander(struct board *board, const char *what)
{
	bool moves = !strcmp(what, "elsewhere");
	bool greedy = !strcmp(what, "greedy");
	sigset_t child;
	pid_t one, two;

	common = board;
	sigemptyset(&child);
	sigaddset(&child, SIGCHLD);
	if (sigprocmask(SIG_BLOCK, &child, NULL))
		return INMATE_BROKEN;
	one = begin();
	stands(one, -1);
	while (!__atomic_load_n(&board->stop, __ATOMIC_SEQ_CST)) {
		bool stood;

		two = begin();
		stood = stands(two, LATE_MS);
		if (moves && !stood) {
			move_on(one, two);
			return board->errors ? 1 : 0;
		}
		if (board_reaches(&board->go, 2, TURN_MS) || (greedy && !stood)) {
			board_add(&board->ready, 1);
			board_reaches(&board->stop, 1, -1);
		}
		let_go(one);
		if (!stood)
			stands(two, -1);
		one = two;
	}
	let_go(one);
	return board->errors ? 1 : 0;
}
