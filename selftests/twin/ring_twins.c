// SPDX-License-Identifier: GPL-2.0
/* Requests that threads of the kernel carry out for a task. */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/ring.h"
#include "twin.h"

static struct io_uring_sqe open_request(const char *path)
{
	return (struct io_uring_sqe){
		.opcode = IORING_OP_OPENAT,
		/* In a worker thread. */
		.flags = IOSQE_ASYNC,
		.fd = AT_FDCWD,
		.addr = (unsigned long)path,
		.open_flags = O_RDWR | O_CREAT,
		.len = 0600,
	};
}

static int open_by_ring(struct ring *ring, const char *path)
{
	struct io_uring_sqe sqe = open_request(path);

	return ring_do(ring, &sqe);
}

static void need_ring(struct ring *ring, unsigned int flags)
{
	if (!ring_open(ring, flags))
		skip("no io_uring");
}

static void try_ring(unsigned int flags)
{
	struct ring ring;

	need_ring(&ring, flags);
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

static int open_as(struct ring *ring, int personality, const char *path)
{
	struct io_uring_sqe sqe = open_request(path);

	sqe.personality = personality;
	return ring_do(ring, &sqe);
}

/* A request may be carried out as who one was when that was registered. */
static void personalities(unsigned int flags)
{
	struct ring ring;
	int root, user;

	need_ring(&ring, flags);
	root = syscall(SYS_io_uring_register, ring.fd,
		       IORING_REGISTER_PERSONALITY, NULL, 0);
	MUST(root < 0 || open_as(&ring, root, "/tmp/secret") < 0);
	MUST(setresuid(92, 92, 0));
	user = syscall(SYS_io_uring_register, ring.fd,
		       IORING_REGISTER_PERSONALITY, NULL, 0);
	MUST(user < 0);
	printf("user %d\n", open_as(&ring, user, "/tmp/secret") < 0);
	printf("root %d\n", open_as(&ring, root, "/tmp/secret") < 0);
	MUST(seteuid(0));
	printf("user %d\n", open_as(&ring, user, "/tmp/secret") < 0);
	printf("root %d\n", open_as(&ring, root, "/tmp/secret") < 0);
	MUST(access("/tmp", F_OK));
}

static void poll_personalities(void *arg)
{
	(void)arg;
	personalities(IORING_SETUP_SQPOLL);
}

static void personality_twin(void)
{
	child_must(poll_personalities, NULL);
	MUST(unlink("/tmp/secret"));
	personalities(0);
}

/*
 * Two rings share one thread, which takes the requests of each as who opened
 * it and makes its workers at that moment.
 */
static void dropped_attach(void *arg)
{
	struct ring first, second;

	(void)arg;
	need_ring(&first, IORING_SETUP_SQPOLL);
	MUST(setresgid(93, 93, 93) || setresuid(93, 93, 93));
	MUST(!ring_attach(&second, &first));
	MUST(open_by_ring(&second, "/tmp/user") < 0);
	MUST(open_by_ring(&first, "/tmp/root") < 0);
	printf("second %d\n", open_by_ring(&second, "/tmp/root") < 0);
}

/* The other way round: the later ring is root's. */
static void raised_attach(void *arg)
{
	struct ring first, second;

	(void)arg;
	MUST(setresuid(-1, 94, 0));
	need_ring(&first, IORING_SETUP_SQPOLL);
	MUST(setresuid(-1, 0, 0));
	MUST(!ring_attach(&second, &first));
	MUST(open_by_ring(&second, "/tmp/roots") < 0);
	printf("first %d\n", open_by_ring(&first, "/tmp/roots") < 0);
	printf("second %d\n", open_by_ring(&second, "/tmp/roots") < 0);
}

static void attach_twin(void)
{
	child_must(dropped_attach, NULL);
	child_must(raised_attach, NULL);
}

const struct twin ring_twins[] = {
	{ "io-uring", io_uring_twin },
	{ "io-uring-personality", personality_twin },
	{ "io-uring-attach", attach_twin },
	{ NULL, NULL },
};
