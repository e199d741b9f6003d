// SPDX-License-Identifier: GPL-2.0
/*
 * The rtnl mutex is held by whoever asks for the state of a link, into a page that is
 * not there: any user can do that who has a FUSE of his own.
 */
#include <errno.h>
#include <linux/ethtool.h>
#include <linux/sockios.h>
#include <net/if.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "life/elsewhere.h"
#include "life/page.h"

static char stack[65536] __attribute__((aligned(16)));
static pid_t holder, waiters[2];
static int watched;
static char *missing;

/* The answer's first word is the question's, in the page before. */
static int hold(void *arg)
{
	struct ifreq request = { .ifr_name = "lo" };
	int fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)arg;
	request.ifr_data = missing - sizeof(uint32_t);
	*(uint32_t *)request.ifr_data = ETHTOOL_GLINK;
	_exit(ioctl(fd, SIOCETHTOOL, &request) ? 1 : 0);
}

static void start_holder(struct board *board)
{
	size_t size = sysconf(_SC_PAGESIZE);
	char *area = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	missing = area + size;
	watched = page_watch(missing, size);
	/* One that has the same memory, and ends by itself. */
	holder = clone(hold, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	if (watched < 0 || holder < 0 || page_wanted(watched) != missing)
		board_wrong(board, "the rtnl mutex: %s", strerror(errno));
}

static void wait_until_it_waits(struct board *board, pid_t pid)
{
	char path[64], text[512], *state;

	snprintf(path, sizeof(path), "/proc/%d/stat", pid);
	do {
		if (read_text(path, text, sizeof(text)) <= 0 ||
		    !(state = strrchr(text, ')')) || state[2] == 'Z') {
			board_wrong(board, "it does not wait");
			return;
		}
	} while (state[2] != 'D');
}

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

	start_holder(board);
	for (i = 0; i < ARRAY_SIZE(waiters); i++) {
		waiters[i] = start_waiter(i);
		wait_until_it_waits(board, waiters[i]);
	}
}

void elsewhere_end(struct board *board)
{
	int status;
	size_t i;

	if (page_give(watched, missing, sysconf(_SC_PAGESIZE)) ||
	    waitpid(holder, &status, 0) != holder || status)
		board_wrong(board, "who held the rtnl mutex: %x", status);
	for (i = 0; i < ARRAY_SIZE(waiters); i++)
		if (waitpid(waiters[i], &status, 0) != waiters[i] || status)
			board_wrong(board, "who waited: %x", status);
}
