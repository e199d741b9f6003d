/* SPDX-License-Identifier: GPL-2.0 */
#ifndef BENCH_OPERATION_H
#define BENCH_OPERATION_H

#include <stddef.h>

/* Where files are made; the same path on the host and in a container. */
#define BENCH_DIR	"/tmp/b"
/* Where the program itself is, for an exec; likewise. */
#define BENCH_PROGRAM	"/tmp/b/bench"

/**
 * struct operation - something to be measured
 * @name: as the reports know it
 * @count: operations in one batch, so many that a batch mostly ends before the
 *	next timer interrupt
 * @prepare: before the first batch; may be NULL
 * @run: does it that many times
 */
struct operation {
	const char *name;
	unsigned int count;
	void (*prepare)(void);
	void (*run)(unsigned int count);
};

const struct operation *operation_by_name(const char *name);

#endif /* BENCH_OPERATION_H */
