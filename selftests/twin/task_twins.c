// SPDX-License-Identifier: GPL-2.0
/* Tasks that come, go and change places legitimately. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

static void *exec_from_thread(void *arg)
{
	execl("/program", "/program", arg, NULL);
	return NULL;
}

/* The thread takes over the leader's pid. */
static void de_thread(void *arg)
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, exec_from_thread, arg));
	for (;;)
		pause();
}

static void thread_exec(void)
{
	child_must(de_thread, "=by a thread");
}

static void vfork_exec(void)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		execl("/program", "/program", "--list", NULL);
		_exit(1);
	}
	MUST(waitpid(pid, &status, 0) != pid || status);
}

static void fork_once(void *arg)
{
	(void)arg;
	MUST(access("/tmp", F_OK));
}

static void many_forks(void)
{
	int i;

	vfork_exec();
	for (i = 0; i < 50; i++)
		child_must(fork_once, NULL);
	for (i = 0; i < 10; i++)
		vfork_exec();
}

/* Without its parent the child belongs to the container's first process. */
static void orphan(void *arg)
{
	(void)arg;
	if (!fork()) {
		while (getppid() != 1)
			sched_yield();
		MUST(access("/tmp", F_OK));
		_exit(0);
	}
}

static void orphan_twin(void)
{
	child_must(orphan, NULL);
	MUST(wait(NULL) < 0);
	puts("reparented");
}

static void dumps(void *arg)
{
	struct rlimit unlimited = { RLIM_INFINITY, RLIM_INFINITY };

	(void)arg;
	MUST(chdir("/tmp") || setrlimit(RLIMIT_CORE, &unlimited));
	raise(SIGABRT);
}

/* Dumping overrides the credential. */
static void coredump(void)
{
	printf("dumped %d\n", in_child(dumps, NULL));
}

static volatile int caught;

static void count(int signal)
{
	(void)signal;
	caught++;
}

static void signals(void)
{
	int i;

	signal(SIGUSR1, count);
	for (i = 0; i < 50; i++)
		MUST(kill(getpid(), SIGUSR1));
	printf("caught %d\n", caught);
}

const struct twin task_twins[] = {
	{ "thread-exec", thread_exec },
	{ "many-forks", many_forks },
	{ "orphan", orphan_twin },
	{ "coredump", coredump },
	{ "signals", signals },
	{ NULL, NULL },
};
