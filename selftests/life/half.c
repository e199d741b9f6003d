// SPDX-License-Identifier: GPL-2.0
/*
 * Audit: a setns() that fails after a part of it has been prepared, and told of,
 * leaves nothing behind.  What comes after it, in one's own namespaces, is no
 * incident, and a later one into the host's is told of.
 */
#include <sched.h>
#include <stdio.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"

#define PID_FD 60

static struct monitor monitor;

/* Everything up to what comes last: that is told of, and nothing else is but pid 1's. */
static void judge_events(void)
{
	static char event[65536];
	uint64_t before, after;
	bool told = false;
	int others = 0;

	while (monitor_next(&monitor, event, sizeof(event), PATIENCE_MS)) {
		if (json_change(event, "net_ns", &before, &after) &&
		    after == ns_inode(1, "net")) {
			told = true;
			break;
		}
		if (json_change(event, "uts_ns", &before, &after) &&
		    after == ns_inode(1, "uts"))
			continue;
		diag("%s", event);
		others++;
	}
	ok(told, "the later setns() is told of");
	ok(!others, "nothing in its own namespaces is (%d)", others);
}

int main(void)
{
	int status, fd = syscall(SYS_pidfd_open, 1, 0);
	struct box box;
	char arg[32];

	if (fd < 0 || dup2(fd, PID_FD) != PID_FD)
		bail("pidfd");
	close(fd);
	snprintf(arg, sizeof(arg), "%d:%x", PID_FD, CLONE_NEWNET);
	guard_start(GUARD_AUDIT);
	monitor_start(&monitor);
	box_create(&box, BOX_PRIVILEGED, "half", arg);
	box_go(&box);
	status = box_wait(&box);
	ok(!status, "all of it has the results that it must have (%x)", status);
	judge_events();
	monitor_stop(&monitor);
	ok(guard_stop(GUARD_AUDIT), "the guard leaves");
	return tap_done();
}
