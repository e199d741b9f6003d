// SPDX-License-Identifier: GPL-2.0
/*
 * A task that goes to a directory of the host, by a descriptor that it was
 * handed, and ends in some way.  Between that and its end it makes no system call
 * that the gate looks at, but where its role says so.
 */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/ring.h"
#include "common/util.h"
#include "life/inmate.h"
#include "life/stray.h"

static struct ring ring;

static int fault(void)
{
	volatile int *nowhere = NULL;

	*nowhere = 1;
	return 0;
}

static int leave(void)
{
	_exit(0);
}

static int execute(void)
{
	execl("/program", "/program", STRAY_DONE, NULL);
	return INMATE_BROKEN;
}

/* Blocks in the kernel until the test gives up its lease. */
static int open_leased(void)
{
	return open(STRAY_LEASED, O_RDONLY) < 0 ? INMATE_BROKEN : 0;
}

static int open_and_leave(void)
{
	open("/program", O_RDONLY);
	_exit(0);
}

static pid_t tid;

static void *go_there_and_end(void *arg)
{
	if (unshare(CLONE_FS) || fchdir(STRAY_FD))
		return arg;
	__atomic_store_n(&tid, gettid(), __ATOMIC_SEQ_CST);
	syscall(SYS_exit, 0);
	return arg;
}

/* A thread of it goes there and ends; the others should not get far. */
static int outlive_thread(void)
{
	pthread_t thread;

	if (pthread_create(&thread, NULL, go_there_and_end, NULL))
		return INMATE_BROKEN;
	while (!__atomic_load_n(&tid, __ATOMIC_SEQ_CST))
		;
	while (!syscall(SYS_tgkill, getpid(), tid, 0))
		;
	return 0;
}

static int look_and_leave(void)
{
	struct stat st;

	stat("/", &st);
	_exit(0);
}

static int look_and_fault(void)
{
	struct stat st;

	stat("/", &st);
	return fault();
}

static struct io_uring_sqe open_by_worker(const char *path)
{
	return (struct io_uring_sqe){
		.opcode = IORING_OP_OPENAT,
		.flags = IOSQE_ASYNC,
		.fd = AT_FDCWD,
		.addr = (unsigned long)path,
		.open_flags = O_RDONLY,
	};
}

/* A worker of the ring has begun to open the file, and hangs there. */
static void hang_worker(struct board *board)
{
	struct io_uring_sqe request = open_by_worker(STRAY_LEASED);

	if (!ring_submit(&ring, &request))
		_exit(INMATE_BROKEN);
	board_reaches(&board->go, 2, -1);
}

static const struct {
	const char *name;
	int (*end)(void);
	bool ring;
} ways[] = {
	{ "fault", fault, false },
	{ "look-fault", look_and_fault, false },
	{ "exit", leave, false },
	{ "thread", outlive_thread, false },
	{ "open-exit", open_and_leave, false },
	{ "look-exit", look_and_leave, false },
	{ "exec", execute, false },
	{ "block", open_leased, false },
	{ "ring-exit", leave, true },
	{ "ring-exec", execute, true },
};

/* The worker is there before: to make it would be a point of use. */
static bool open_ring(void)
{
	struct io_uring_sqe request = open_by_worker("/program");

	return ring_open(&ring, 0) && ring_do(&ring, &request) >= 0;
}

int inmate_stray(struct board *board, const char *way)
{
	struct rlimit limit = { RLIM_INFINITY, RLIM_INFINITY };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ways); i++)
		if (!strcmp(way, ways[i].name))
			break;
	if (i == ARRAY_SIZE(ways) ||
	    setrlimit(RLIMIT_CORE, &limit) || (ways[i].ring && !open_ring()))
		return INMATE_BROKEN;
	board_add(&board->ready, 1);
	board_reaches(&board->go, 1, -1);
	/* It has been there by a thread. */
	if (strcmp(way, "thread") && fchdir(STRAY_FD))
		return INMATE_BROKEN;
	if (ways[i].ring)
		hang_worker(board);
	return ways[i].end();
}

/* What it executes. */
int inmate_done(struct board *board, const char *arg)
{
	(void)board;
	(void)arg;
	return 0;
}
