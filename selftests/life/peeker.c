// SPDX-License-Identifier: GPL-2.0
/*
 * A task that reads the memory of its child again and again, as a debugger or an agent
 * does, and in the list of all tasks has many others between it and that child.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

#include "life/inmate.h"

#define STACK_SIZE	16384

static struct board *common;
static char word[16] = "word";

static void *wait_idly(void *arg)
{
	board_reaches(&common->stop, 1, -1);
	return arg;
}

/* Many threads; writes a byte to @ready when they are there. */
static int crowd(int ready)
{
	static pthread_t threads[NR_BEFORE];
	pthread_attr_t attr;
	int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	for (i = 0; i < NR_BEFORE; i++)
		if (pthread_create(&threads[i], &attr, wait_idly, NULL))
			return 1;
	if (write(ready, "1", 1) != 1)
		return 1;
	wait_idly(NULL);
	return 0;
}

static void peek(pid_t pid)
{
	char text[sizeof(word)];
	struct iovec local = { text, sizeof(text) };
	struct iovec remote = { word, sizeof(word) };

	if (process_vm_readv(pid, &local, 1, &remote, 1, 0) != sizeof(text))
		board_wrong(common, "process_vm_readv: %s", strerror(errno));
	__atomic_fetch_add(&common->rounds, 1, __ATOMIC_SEQ_CST);
}

int inmate_peeker(struct board *board, const char *arg)
{
	int ready[2];
	pid_t pid;
	char byte;

	(void)arg;
	common = board;
	if (pipe(ready))
		return INMATE_BROKEN;
	pid = fork();
	if (!pid)
		_exit(crowd(ready[1]));
	if (pid < 0 || read(ready[0], &byte, 1) != 1)
		return INMATE_BROKEN;
	pid = fork();
	/* As long as the container, whose first process this is. */
	while (!pid)
		pause();
	if (pid < 0)
		return INMATE_BROKEN;
	board_add(&board->ready, 1);
	while (!__atomic_load_n(&board->stop, __ATOMIC_SEQ_CST))
		peek(pid);
	return board->errors ? 1 : 0;
}
