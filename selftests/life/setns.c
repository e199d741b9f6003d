// SPDX-License-Identifier: GPL-2.0
/* A task that enters a namespace by a descriptor it was handed. */
#include <errno.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "life/inmate.h"

/* @arg: descriptor and type, as FD:TYPE */
int inmate_setns(struct board *board, const char *arg)
{
	struct stat st;
	int fd, type;

	if (sscanf(arg, "%d:%x", &fd, &type) != 2)
		return INMATE_BROKEN;
	board_add(&board->ready, 1);
	board_reaches(&board->go, 1, -1);
	if (setns(fd, type))
		board_wrong(board, "setns: %s", strerror(errno));
	board_add(&board->ready, 1);
	board_reaches(&board->stop, 1, -1);
	/* A call that the gate looks at. */
	if (stat("/", &st))
		board_wrong(board, "stat: %s", strerror(errno));
	return board->errors ? 1 : 0;
}
