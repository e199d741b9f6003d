// SPDX-License-Identifier: GPL-2.0
/* Tasks that come, go and change places legitimately. */
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ring.h"
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

static void traced(void *arg)
{
	struct stat st;

	(void)arg;
	MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	MUST(stat("/tmp", &st));
	MUST(setresuid(70, 70, 70));
	MUST(stat("/", &st));
}

static void ptrace_twin(void)
{
	int status, stops = 0;
	pid_t pid = fork();

	if (!pid) {
		traced(NULL);
		_exit(0);
	}
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		stops++;
		MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	}
	MUST(status);
	printf("traced %d\n", stops > 4);
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

/* In a worker thread of the kernel. */
static int open_by_ring(struct ring *ring, const char *path)
{
	struct io_uring_sqe sqe = {
		.opcode = IORING_OP_OPENAT,
		.flags = IOSQE_ASYNC,
		.fd = AT_FDCWD,
		.addr = (unsigned long)path,
		.open_flags = O_RDWR | O_CREAT,
		.len = 0600,
	};

	return ring_do(ring, &sqe);
}

static void try_ring(unsigned int flags)
{
	struct ring ring;

	if (!ring_open(&ring, flags)) {
		puts("no io_uring here");
		return;
	}
	MUST(open_by_ring(&ring, "/tmp/uring") < 0);
	MUST(setresuid(91, 91, 91));
	/* A polling thread stays who the opener was. */
	printf("as another %d\n", open_by_ring(&ring, "/tmp/uring") < 0);
}

static void poll_ring(void *arg)
{
	(void)arg;
	try_ring(IORING_SETUP_SQPOLL);
}

static void io_uring_twin(void)
{
	child_must(poll_ring, NULL);
	try_ring(0);
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
	{ "ptrace", ptrace_twin },
	{ "coredump", coredump },
	{ "io-uring", io_uring_twin },
	{ "signals", signals },
	{ NULL, NULL },
};
