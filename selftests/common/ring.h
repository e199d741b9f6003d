/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_RING_H
#define SELFTESTS_RING_H

#include <linux/io_uring.h>
#include <stdbool.h>

/* An io_uring for few requests at a time. */
struct ring {
	int fd;
	char *sq;
	struct io_uring_sqe *sqes;
	struct io_uring_params params;
};

/*
 * @flags: IORING_SETUP_*.  With IORING_SETUP_SQPOLL a thread of the kernel
 * takes the requests: none of them needs a system call.  False with errno set.
 */
bool ring_open(struct ring *ring, unsigned int flags);
/* The same, whose requests the thread of @other takes. */
bool ring_attach(struct ring *ring, const struct ring *other);
/* Hands it over and does not wait. */
bool ring_submit(struct ring *ring, const struct io_uring_sqe *request);
/* Two of them in one call. */
bool ring_submit_both(struct ring *ring, const struct io_uring_sqe requests[2]);
/* Waits for the next one's result. */
int ring_result(struct ring *ring);
/* Hands it over and waits for its result. */
int ring_do(struct ring *ring, const struct io_uring_sqe *request);

#endif /* SELFTESTS_RING_H */
