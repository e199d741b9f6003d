// SPDX-License-Identifier: GPL-2.0
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
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "common/page.h"
#include "common/rtnl.h"

static char stack[65536] __attribute__((aligned(16)));
static pid_t holder;
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

bool rtnl_hold(void)
{
	size_t size = sysconf(_SC_PAGESIZE);
	char *area = mmap(NULL, 2 * size, PROT_READ | PROT_WRITE,
			  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	missing = area + size;
	watched = page_watch(missing, size);
	if (area == MAP_FAILED || watched < 0)
		return false;
	/* One that has the same memory, and ends by itself. */
	holder = clone(hold, stack + sizeof(stack), CLONE_VM | SIGCHLD, NULL);
	return holder > 0 && page_wanted(watched) == missing;
}

bool rtnl_let_go(void)
{
	size_t size = sysconf(_SC_PAGESIZE);
	int status;

	if (page_give(watched, missing, size) ||
	    waitpid(holder, &status, 0) != holder || status)
		return false;
	close(watched);
	return !munmap(missing - size, 2 * size);
}

/*
 * The kernel's function, or its caller, where the compiler leaves no trace of it; or
 * nsguard's door before it.
 */
static bool wants_rtnl(const char *function)
{
	static const char *const names[] = {
		"rtnl_", "register_netdev", "ethnl_", "nsg_door_", "join_or_wait",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strncmp(function, names[i], strlen(names[i])))
			return true;
	return false;
}

bool rtnl_is_wanted(pid_t pid)
{
	char path[64], text[512], *state;

	do {
		snprintf(path, sizeof(path), "/proc/%d/stat", pid);
		if (read_text(path, text, sizeof(text)) <= 0 ||
		    !(state = strrchr(text, ')')) || state[2] == 'Z')
			return false;
		snprintf(path, sizeof(path), "/proc/%d/wchan", pid);
		read_text(path, text, sizeof(text));
	} while (!wants_rtnl(text));
	return true;
}
