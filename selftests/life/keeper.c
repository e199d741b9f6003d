// SPDX-License-Identifier: GPL-2.0
/*
 * A container that keeps a network namespace which no task is in, as `ip netns add`
 * does, and enters it after it was told to.
 */
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <unistd.h>

#include "life/inmate.h"

int inmate_keeper(struct board *board, const char *arg)
{
	int own = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC), kept;

	(void)arg;
	if (own < 0 || unshare(CLONE_NEWNET))
		return INMATE_BROKEN;
	kept = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	if (kept < 0 || setns(own, CLONE_NEWNET))
		return INMATE_BROKEN;
	board_add(&board->ready, 1);
	board_reaches(&board->go, 1, -1);
	return setns(kept, CLONE_NEWNET) || setns(own, CLONE_NEWNET);
}
