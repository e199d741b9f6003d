// SPDX-License-Identifier: GPL-2.0
/*
 * A task that makes another and ends, which makes another and ends: none of the
 * chain lives as long as it takes to look at those before it in the list of all
 * tasks.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "life/inmate.h"

/* The stacks of the last of the chain, of which one or two are alive. */
#define NR_STACKS	64
#define STACK_SIZE	16384

static struct board *common;
static char stacks[NR_STACKS][STACK_SIZE] __attribute__((aligned(16)));
static unsigned int next;

static int run(void *arg)
{
	board_rest(common);
	if (__atomic_load_n(&common->stop, __ATOMIC_SEQ_CST))
		syscall(SYS_exit, 0);
	__atomic_fetch_add(&common->rounds, 1, __ATOMIC_SEQ_CST);
	next = (next + 1) % NR_STACKS;
	if (clone(run, stacks[next] + STACK_SIZE,
		  CLONE_VM | CLONE_FILES | CLONE_PARENT | SIGCHLD, NULL) < 0)
		board_wrong(common, "clone: %s", strerror(errno));
	syscall(SYS_exit, 0);
	return arg ? 1 : 0;
}

static void *wait_idly(void *arg)
{
	board_reaches(&common->stop, 1, -1);
	return arg;
}

int inmate_runner(struct board *board, const char *arg)
{
	pthread_t threads[NR_BEFORE];
	pthread_attr_t attr;
	int i;

	(void)arg;
	common = board;
	/* Nobody waits for the chain. */
	signal(SIGCHLD, SIG_IGN);
	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	for (i = 0; i < NR_BEFORE; i++)
		if (pthread_create(&threads[i], &attr, wait_idly, NULL))
			return INMATE_BROKEN;
	if (clone(run, stacks[0] + STACK_SIZE,
		  CLONE_VM | CLONE_FILES | SIGCHLD, NULL) < 0)
		return INMATE_BROKEN;
	board_add(&board->ready, 1);
	for (i = 0; i < NR_BEFORE; i++)
		pthread_join(threads[i], NULL);
	return board->errors ? 1 : 0;
}
