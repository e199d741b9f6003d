// SPDX-License-Identifier: GPL-2.0
/*
 * A container whose tasks came to what they have in different ways.  The first process
 * has less than a runtime would give: a capability fewer in its bounding set, and a
 * seccomp filter.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "life/inmate.h"

static bool bounded(void)
{
	struct sock_filter allow = BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	return !prctl(PR_CAPBSET_DROP, CAP_SYS_BOOT) &&
	       !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* All capabilities again, in a user namespace of its own. */
static bool mapped(void)
{
	return !unshare(CLONE_NEWUSER);
}

/* A root that was taken out of the mount namespace behind its back. */
static bool detached(void)
{
	return !mount("none", "/tmp", "tmpfs", 0, NULL) && !chroot("/tmp") &&
	       !chdir("/") && !umount2("/", MNT_DETACH);
}

/* What the host's process namespace lets it. */
static bool host_net(void)
{
	int fd = open("/proc/1/ns/net", O_RDONLY | O_CLOEXEC);

	return fd >= 0 && !setns(fd, CLONE_NEWNET);
}

static void start(struct board *board, bool (*become)(void))
{
	if (fork())
		return;
	if (!become())
		_exit(INMATE_BROKEN);
	board_add(&board->ready, 1);
	board_reaches(&board->go, 1, -1);
	/* Enters the guard's gate, where it is looked at. */
	getppid();
	_exit(0);
}

int inmate_mixer(struct board *board, const char *arg)
{
	int status, bad = 0;
	pid_t pid;

	if (!strcmp(arg, "host-net")) {
		start(board, host_net);
	} else {
		if (!bounded())
			return INMATE_BROKEN;
		start(board, mapped);
		start(board, detached);
	}
	while ((pid = wait(&status)) > 0)
		bad |= status;
	/* With it whoever came in would end. */
	board_reaches(&board->stop, 1, -1);
	return bad ? 1 : 0;
}
