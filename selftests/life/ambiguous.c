// SPDX-License-Identifier: GPL-2.0
/*
 * An ambiguous container (--pid=host) enters namespaces of the host's pid 1, in
 * enforce: that is told of and works.  A wrong guess about what is a container
 * must be harmless.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

/* The container's own descriptors of pid 1: one for each kind, and a pidfd. */
#define NS_FD		40
#define PID_FD		60

/*
 * In /proc/PID/ns; those that a task gets its children into have a link of their
 * own.  Not that of users: to enter one's own is refused by the kernel.
 */
static const struct kind {
	const char *file;
	const char *link;
	int type;
	bool own;	/* the container has one of its own */
} kinds[] = {
	{ "mnt", "mnt", CLONE_NEWNS, true },
	{ "net", "net", CLONE_NEWNET, true },
	{ "uts", "uts", CLONE_NEWUTS, true },
	{ "ipc", "ipc", CLONE_NEWIPC, true },
	{ "cgroup", "cgroup", CLONE_NEWCGROUP, true },
	{ "pid", "pid_for_children", CLONE_NEWPID, false },
	{ "time", "time_for_children", CLONE_NEWTIME, false },
};

static const struct {
	const char *desc;
	int types;
} sets[] = {
	{ "net, uts and ipc at once", CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC },
	{ "mnt and net at once", CLONE_NEWNS | CLONE_NEWNET },
	{ "mnt and pid at once", CLONE_NEWNS | CLONE_NEWPID },
	{ "all at once", CLONE_NEWNS | CLONE_NEWNET | CLONE_NEWUTS |
	  CLONE_NEWIPC | CLONE_NEWCGROUP | CLONE_NEWPID | CLONE_NEWTIME },
};

static void open_all(void)
{
	char path[64];
	size_t i;
	int fd;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		snprintf(path, sizeof(path), "/proc/1/ns/%s", kinds[i].file);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || dup2(fd, NS_FD + i) != (int)(NS_FD + i))
			bail("%s", path);
		close(fd);
	}
	fd = syscall(SYS_pidfd_open, 1, 0);
	if (fd < 0 || dup2(fd, PID_FD) != PID_FD)
		bail("pidfd");
	close(fd);
}

/* Has it the host's of all these types? */
static bool has(const struct box *box, int types)
{
	bool good = true;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (types & kinds[i].type)
			good &= ns_inode(box->container.pid, kinds[i].link) ==
				ns_inode(1, kinds[i].file);
	return good;
}

static bool foreign(int types)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (types & kinds[i].type && kinds[i].own)
			return true;
	return false;
}

static void enter(const char *desc, int fd, int types)
{
	int64_t kills = guard_counter("kills");
	int64_t events = guard_counter("events");
	char arg[32];
	struct box box;
	bool there;
	int status;

	snprintf(arg, sizeof(arg), "%d:%x", fd, types);
	box_create(&box, BOX_AMBIGUOUS, "setns", arg);
	ok(has(&box, types) == !foreign(types), "%s: not there before", desc);
	box_go(&box);
	if (!board_reaches(&box.board->ready, 1, PATIENCE_MS))
		bail("%s: the container does not begin", desc);
	board_set(&box.board->go, 1);
	/* Killed, it never gets there. */
	while (!board_reaches(&box.board->ready, 2, 100) && !box_ended(&box))
		;
	there = has(&box, types);
	ok(there && !box.board->errors, "%s: it gets there", desc);
	status = box_end(&box);
	ok(!status, "%s: and goes on (%x)", desc, status);
	if (foreign(types))
		ok(guard_counter_reaches("events", events + 1, PATIENCE_MS),
		   "%s: it is told of", desc);
	ok(guard_counter("kills") == kills, "%s: nobody was killed", desc);
}

int main(void)
{
	size_t i;

	open_all();
	guard_start(GUARD_ENFORCE);
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		enter(kinds[i].file, NS_FD + i, kinds[i].type);
	for (i = 0; i < ARRAY_SIZE(sets); i++)
		enter(sets[i].desc, PID_FD, sets[i].types);
	ok(!guard_counter("denied"), "nothing was refused");
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	return tap_done();
}
