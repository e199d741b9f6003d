// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "life/elsewhere.h"
#include "common/rtnl.h"

static pid_t waiters[2];

static pid_t start_waiter(bool clones)
{
	pid_t pid = fork(), child;
	int status;

	if (pid)
		return pid;
	if (!clones)
		_exit(unshare(CLONE_NEWNET) ? 1 : 0);
	child = syscall(SYS_clone, CLONE_NEWNET | SIGCHLD, NULL, NULL, NULL, 0);
	if (!child)
		_exit(0);
	_exit(waitpid(child, &status, 0) != child || status);
}

void elsewhere_wait(struct board *board)
{
	size_t i;

	if (!rtnl_hold())
		board_wrong(board, "the rtnl mutex: %s", strerror(errno));
	for (i = 0; i < ARRAY_SIZE(waiters); i++) {
		waiters[i] = start_waiter(i);
		if (!rtnl_is_wanted(waiters[i]))
			board_wrong(board, "it does not wait");
	}
}

void elsewhere_end(struct board *board)
{
	int status;
	size_t i;

	if (!rtnl_let_go())
		board_wrong(board, "who held the rtnl mutex");
	for (i = 0; i < ARRAY_SIZE(waiters); i++)
		if (waitpid(waiters[i], &status, 0) != waiters[i] || status)
			board_wrong(board, "who waited: %x", status);
}
