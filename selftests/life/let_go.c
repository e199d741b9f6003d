// SPDX-License-Identifier: GPL-2.0
/*
 * A container's task enters the host's mount namespace while the mode lets it, and the
 * mode becomes enforce: where the task is by then it was let go, so it lives on.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"

static void enter(enum guard guard, int fd)
{
	const char *mode = guard_names[guard];
	char arg[32];
	struct box box;
	int status;

	guard_start(guard);
	snprintf(arg, sizeof(arg), "%d:%x", fd, CLONE_NEWNS);
	box_create(&box, BOX_PRIVILEGED, "setns", arg);
	box_go(&box);
	board_set(&box.board->go, 1);
	ok(board_reaches(&box.board->ready, 2, PATIENCE_MS) && !box.board->errors,
	   "%s: it gets there", mode);
	ok(ns_inode(box.container.pid, "mnt") == ns_inode(1, "mnt"), "%s: it is there",
	   mode);
	guard_set("mode", "enforce");
	status = box_end(&box);
	ok(!status, "%s: it goes on in enforce (%x)", mode, status);
	ok(!guard_counter("kills"), "%s: nobody was killed", mode);
	ok(guard_stop(guard), "%s: the guard leaves", mode);
}

int main(void)
{
	int fd = open("/proc/1/ns/mnt", O_RDONLY);

	if (fd < 0)
		bail("the host's mount namespace");
	enter(GUARD_OFF, fd);
	enter(GUARD_AUDIT, fd);
	return tap_done();
}
