// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/transit.h"
#include "common/util.h"

const char *const transit_names[NR_TRANSITS] = {
	"none", "setuid", "capset", "setgroups", "unshare", "setns", "chroot",
	"fork", "exec",
};

/* As root of the container, whose saved id brings it back. */
static bool by_setuid(void)
{
	return !setresuid(7, 7, 0) && !setresuid(0, 0, 0);
}

static bool by_capset(void)
{
	struct __user_cap_header_struct header = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2], less[2];

	if (syscall(SYS_capget, &header, data))
		return false;
	less[0] = data[0];
	less[1] = data[1];
	less[0].effective = 0;
	return !syscall(SYS_capset, &header, less) &&
	       !syscall(SYS_capset, &header, data);
}

static bool by_setgroups(void)
{
	const gid_t groups[] = { 5, 6 };

	return !setgroups(2, groups) && !setgroups(0, NULL);
}

static bool by_setns(void)
{
	int fd = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	bool good = fd >= 0 && !setns(fd, CLONE_NEWUTS);

	close(fd);
	return good;
}

static bool by_fork(void)
{
	pid_t pid = fork();
	int status;

	if (!pid)
		_exit(0);
	return pid > 0 && waitpid(pid, &status, 0) == pid;
}

/* Comes back by another main(), with the same arguments but for the first. */
static bool by_exec(int64_t until)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)until);
	execl("/program", "/program", TRANSIT_AGAIN, text, NULL);
	return false;
}

bool transit(enum transit kind, int64_t until)
{
	bool good = true;

	while (good && now_ms() < until) {
		switch (kind) {
		case TRANSIT_SETUID:
			good = by_setuid();
			break;
		case TRANSIT_CAPSET:
			good = by_capset();
			break;
		case TRANSIT_SETGROUPS:
			good = by_setgroups();
			break;
		case TRANSIT_UNSHARE:
			good = !unshare(CLONE_NEWUTS | CLONE_FS);
			break;
		case TRANSIT_SETNS:
			good = by_setns();
			break;
		case TRANSIT_CHROOT:
			good = !chroot("/");
			break;
		case TRANSIT_FORK:
			good = by_fork();
			break;
		case TRANSIT_EXEC:
			good = by_exec(until);
			break;
		default:
			return false;
		}
	}
	return good;
}
