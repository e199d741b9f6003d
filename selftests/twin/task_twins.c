// SPDX-License-Identifier: GPL-2.0
/* Tasks that come, go and change places legitimately. */
#include <fcntl.h>
#include <linux/io_uring.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
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

struct ring {
	int fd;
	char *sq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

static bool ring_open(struct ring *ring)
{
	struct io_uring_params *p = &ring->params;

	memset(ring, 0, sizeof(*ring));
	ring->fd = syscall(SYS_io_uring_setup, 4, p);
	if (ring->fd < 0)
		return false;
	MUST(!(p->features & IORING_FEAT_SINGLE_MMAP));
	ring->sq = mmap(NULL, p->cq_off.cqes +
			p->cq_entries * sizeof(struct io_uring_cqe),
			PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			ring->fd, IORING_OFF_SQ_RING);
	ring->sqes = mmap(NULL, p->sq_entries * sizeof(*ring->sqes),
			  PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE,
			  ring->fd, IORING_OFF_SQES);
	MUST(ring->sq == MAP_FAILED || ring->sqes == MAP_FAILED);
	return true;
}

/* One request, in a worker thread of the kernel; its result. */
static int ring_open_file(struct ring *ring, const char *path)
{
	struct io_uring_params *p = &ring->params;
	unsigned int *tail = (unsigned int *)(ring->sq + p->sq_off.tail);
	unsigned int *array = (unsigned int *)(ring->sq + p->sq_off.array);
	unsigned int *head = (unsigned int *)(ring->sq + p->cq_off.head);
	struct io_uring_cqe *cqes = (void *)(ring->sq + p->cq_off.cqes);
	struct io_uring_sqe *sqe = &ring->sqes[0];
	int result;

	memset(sqe, 0, sizeof(*sqe));
	sqe->opcode = IORING_OP_OPENAT;
	sqe->flags = IOSQE_ASYNC;
	sqe->fd = AT_FDCWD;
	sqe->addr = (unsigned long)path;
	sqe->open_flags = O_RDWR | O_CREAT;
	sqe->len = 0600;
	array[*tail & (p->sq_entries - 1)] = 0;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_RELEASE);
	MUST(syscall(SYS_io_uring_enter, ring->fd, 1, 1,
		     IORING_ENTER_GETEVENTS, NULL, 0) != 1);
	result = cqes[*head & (p->cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

static void io_uring_twin(void)
{
	struct ring ring;

	if (!ring_open(&ring)) {
		puts("no io_uring here");
		return;
	}
	MUST(ring_open_file(&ring, "/tmp/uring") < 0);
	MUST(setresuid(91, 91, 91));
	printf("as another %d\n", ring_open_file(&ring, "/tmp/uring"));
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
