// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/ring.h"

static void *map(const struct ring *ring, size_t size, off_t offset)
{
	return mmap(NULL, size, PROT_READ | PROT_WRITE,
		    MAP_SHARED | MAP_POPULATE, ring->fd, offset);
}

static bool set_up(struct ring *ring, unsigned int flags, int other)
{
	static const struct io_uring_sqe nop = { .opcode = IORING_OP_NOP };
	struct io_uring_params *p = &ring->params;
	size_t sq, cq;

	memset(ring, 0, sizeof(*ring));
	p->flags = flags;
	p->wq_fd = other;
	/* Far longer than any test: the thread must not fall asleep. */
	p->sq_thread_idle = 600000;
	ring->fd = syscall(SYS_io_uring_setup, 4, p);
	if (ring->fd < 0 || !(p->features & IORING_FEAT_SINGLE_MMAP))
		return false;
	sq = p->sq_off.array + p->sq_entries * sizeof(unsigned int);
	cq = p->cq_off.cqes + p->cq_entries * sizeof(struct io_uring_cqe);
	ring->sq = map(ring, sq > cq ? sq : cq, IORING_OFF_SQ_RING);
	ring->sqes = map(ring, p->sq_entries * sizeof(*ring->sqes),
			 IORING_OFF_SQES);
	if (ring->sq == MAP_FAILED || (void *)ring->sqes == MAP_FAILED)
		return false;
	/* A polling thread sleeps until the first request. */
	return !ring_do(ring, &nop);
}

bool ring_open(struct ring *ring, unsigned int flags)
{
	return set_up(ring, flags, 0);
}

bool ring_attach(struct ring *ring, const struct ring *other)
{
	return set_up(ring, IORING_SETUP_SQPOLL | IORING_SETUP_ATTACH_WQ,
		      other->fd);
}

static void queue(struct ring *ring, const struct io_uring_sqe *request)
{
	struct io_uring_params *p = &ring->params;
	unsigned int *tail = (unsigned int *)(ring->sq + p->sq_off.tail);
	unsigned int *array = (unsigned int *)(ring->sq + p->sq_off.array);
	unsigned int slot = *tail & (p->sq_entries - 1);

	ring->sqes[slot] = *request;
	array[slot] = slot;
	__atomic_store_n(tail, *tail + 1, __ATOMIC_SEQ_CST);
}

bool ring_submit(struct ring *ring, const struct io_uring_sqe *request)
{
	queue(ring, request);
	return syscall(SYS_io_uring_enter, ring->fd, 1, 0, 0, NULL, 0) == 1;
}

bool ring_submit_both(struct ring *ring, const struct io_uring_sqe requests[2])
{
	queue(ring, &requests[0]);
	queue(ring, &requests[1]);
	return syscall(SYS_io_uring_enter, ring->fd, 2, 0, 0, NULL, 0) == 2;
}

int ring_result(struct ring *ring)
{
	struct io_uring_params *p = &ring->params;
	unsigned int *head = (unsigned int *)(ring->sq + p->cq_off.head);
	unsigned int *done = (unsigned int *)(ring->sq + p->cq_off.tail);
	struct io_uring_cqe *cqes = (void *)(ring->sq + p->cq_off.cqes);
	int result;

	while (__atomic_load_n(done, __ATOMIC_ACQUIRE) == *head)
		;
	result = cqes[*head & (p->cq_entries - 1)].res;
	__atomic_store_n(head, *head + 1, __ATOMIC_RELEASE);
	return result;
}

int ring_do(struct ring *ring, const struct io_uring_sqe *request)
{
	struct io_uring_params *p = &ring->params;
	unsigned int *flags = (unsigned int *)(ring->sq + p->sq_off.flags);

	queue(ring, request);
	if (!(p->flags & IORING_SETUP_SQPOLL)) {
		if (syscall(SYS_io_uring_enter, ring->fd, 1, 1,
			    IORING_ENTER_GETEVENTS, NULL, 0) != 1)
			return -errno;
	} else if (__atomic_load_n(flags, __ATOMIC_SEQ_CST) &
		   IORING_SQ_NEED_WAKEUP) {
		if (syscall(SYS_io_uring_enter, ring->fd, 1, 0,
			    IORING_ENTER_SQ_WAKEUP, NULL, 0) < 0)
			return -errno;
	}
	return ring_result(ring);
}
