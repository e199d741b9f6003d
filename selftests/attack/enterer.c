// SPDX-License-Identifier: GPL-2.0
/*
 * What `neighbours` has run in containers:
 *
 *	enterer wait		makes a user namespace and waits there
 *	enterer TYPE [UID]	enters what it was handed; the status tells the error
 *	enterer hoard N		makes so many namespaces and goes back to some of them,
 *				then enters what it was handed, if it was
 *
 * and `bystanders`:
 *
 *	enterer crowd N		is so many threads, and says when it is
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "attack/enterer.h"

/* What is to be gone back to has to be held. */
static int hoard(int count)
{
	struct rlimit limit = { count + 100, count + 100 };
	int i, fd = -1, first = -1;

	if (setrlimit(RLIMIT_NOFILE, &limit))
		return ENTERER_BROKEN;
	for (i = 0; i < count; i++) {
		if (unshare(CLONE_NEWUTS))
			return ENTERER_BROKEN;
		fd = open("/proc/self/ns/uts", O_RDONLY);
		if (fd < 0)
			return ENTERER_BROKEN;
		if (first < 0)
			first = fd;
	}
	if (setns(first, CLONE_NEWUTS) || setns(fd, CLONE_NEWUTS))
		return errno;
	if (fcntl(ENTERER_FD, F_GETFD) < 0)
		return 0;
	return setns(ENTERER_FD, CLONE_NEWUTS) ? errno : 0;
}

static void *wait_for_ever(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int crowd(int threads)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, PTHREAD_STACK_MIN);
	while (threads--)
		if (pthread_create(&thread, &attr, wait_for_ever, NULL))
			return ENTERER_BROKEN;
	if (write(1, "1", 1) != 1)
		return ENTERER_BROKEN;
	wait_for_ever(NULL);
	return 0;
}

int main(int argc, char **argv)
{
	int number = argc > 2 ? atoi(argv[2]) : 0;

	if (argc < 2)
		return ENTERER_BROKEN;
	if (!strcmp(argv[1], "wait")) {
		if (unshare(CLONE_NEWUSER))
			return ENTERER_BROKEN;
		for (;;)
			pause();
	}
	if (!strcmp(argv[1], "hoard"))
		return hoard(number);
	if (!strcmp(argv[1], "crowd"))
		return crowd(number);
	if (number && setresuid(number, number, number))
		return ENTERER_BROKEN;
	return setns(ENTERER_FD, atoi(argv[1])) ? errno : 0;
}
