// SPDX-License-Identifier: GPL-2.0
/*
 * Threads that share their root: one moves it all the time, and what the others do
 * meanwhile is done with a root that is another by the time it is looked at.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "life/inmate.h"

static const char *const places[] = { "/", "/tmp/a", "/tmp/b", "/tmp/c" };

/* Each is adopted once in a load: many, for that to be in the midst of a move. */
#define NR_CALLERS 64
#define NR_OTHERS 3

static struct board *common;
static int places_fd[ARRAY_SIZE(places)];

static bool stopped(void)
{
	return __atomic_load_n(&common->stop, __ATOMIC_SEQ_CST);
}

static void *move(void *arg)
{
	size_t i;

	for (i = 0; !stopped(); i = (i + 1) % ARRAY_SIZE(places))
		if (fchdir(places_fd[i]) || chroot("."))
			board_wrong(common, "chroot: %s", strerror(errno));
	return arg;
}

/* A call that is looked at, and has no result to speak of. */
static void call(void)
{
	syscall(SYS_getppid);
}

static void *forks(void *arg)
{
	int status;
	pid_t pid;

	while (!stopped()) {
		pid = fork();
		if (!pid) {
			call();
			_exit(0);
		}
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			board_wrong(common, "fork: %s", strerror(errno));
		else if (status)
			board_wrong(common, "child: status %x", status);
		board_add(&common->rounds, 1);
	}
	return arg;
}

static void *leaves(void *arg)
{
	if (unshare(CLONE_FS))
		board_wrong(common, "unshare: %s", strerror(errno));
	call();
	return arg;
}

/* Each thread gives up what it shares, and the next has it again. */
static void *unshares(void *arg)
{
	pthread_t thread;

	while (!stopped()) {
		if (pthread_create(&thread, NULL, leaves, NULL))
			board_wrong(common, "thread: %s", strerror(errno));
		else
			pthread_join(thread, NULL);
		board_add(&common->rounds, 1);
	}
	return arg;
}

static void *calls(void *arg)
{
	while (!stopped()) {
		call();
		board_add(&common->rounds, 1);
	}
	return arg;
}

int inmate_mover(struct board *board, const char *what)
{
	void *(*work)(void *) = !strcmp(what, "forks") ? forks :
				!strcmp(what, "unshares") ? unshares : calls;
	size_t i, count = 1 + (work == calls ? NR_CALLERS : NR_OTHERS);
	pthread_t threads[1 + NR_CALLERS];

	common = board;
	for (i = 0; i < ARRAY_SIZE(places); i++) {
		if (i && mkdir(places[i], 0755) && errno != EEXIST)
			return INMATE_BROKEN;
		places_fd[i] = open(places[i], O_RDONLY | O_DIRECTORY);
		if (places_fd[i] < 0)
			return INMATE_BROKEN;
	}
	for (i = 0; i < count; i++)
		if (pthread_create(&threads[i], NULL, i ? work : move, NULL))
			return INMATE_BROKEN;
	board_add(&board->ready, 1);
	for (i = 0; i < count; i++)
		pthread_join(threads[i], NULL);
	return board->errors ? 1 : 0;
}
