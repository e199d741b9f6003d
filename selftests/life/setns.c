// SPDX-License-Identifier: GPL-2.0
/* Tasks that enter namespaces by a descriptor they were handed. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "life/inmate.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

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

static void *wait_for_stop(void *board)
{
	board_reaches(&((struct board *)board)->stop, 1, -1);
	return NULL;
}

/*
 * A setns() that fails when a part of it has been prepared: a process of several
 * threads can't change its time.  Then to one of its own and back.
 */
int inmate_half(struct board *board, const char *arg)
{
	int own, fd = -1, types;
	pthread_t thread;

	if (sscanf(arg, "%d:%x", &fd, &types) != 2 ||
	    pthread_create(&thread, NULL, wait_for_stop, board))
		return INMATE_BROKEN;
	if (!setns(fd, CLONE_NEWUTS | CLONE_NEWTIME) || errno != EUSERS)
		board_wrong(board, "setns with a thread: %s", strerror(errno));
	board_set(&board->stop, 1);
	pthread_join(thread, NULL);
	if (unshare(CLONE_NEWUTS))
		board_wrong(board, "unshare: %s", strerror(errno));
	own = open("/proc/self/ns/uts", O_RDONLY | O_CLOEXEC);
	if (own < 0 || unshare(CLONE_NEWUTS) || setns(own, CLONE_NEWUTS))
		board_wrong(board, "to one's own: %s", strerror(errno));
	if (setns(fd, types))
		board_wrong(board, "setns: %s", strerror(errno));
	return board->errors ? 1 : 0;
}
