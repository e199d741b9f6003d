/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_FAULT_H
#define SELFTESTS_FAULT_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * The kernel's fault injection: the nth allocation of one task from now on fails.
 * Its children have none that fail.
 */

/* Is it there?  Makes every allocation one that can fail, and says nothing of it. */
bool fault_prepare(void);
/* For the caller, of which @fault is the descriptor. */
int fault_open(void);
bool fault_arm(int fault, int n);
/* How many allocations were still to go when a task, maybe a zombie, ended. */
int fault_left(pid_t pid);

/**
 * struct fault_series - something that is tried with each allocation failing
 * @act: does it, in a child
 * @arg: for it
 * @stay: NULL, or what the child does then, and may take its time; it is reaped
 *	by who has started the series
 * @ended: NULL, or gets the wait status of each child that does not stay
 */
struct fault_series {
	void (*act)(void *arg);
	void *arg;
	void (*stay)(void);
	void (*ended)(int n, int status);
};

/*
 * For n = 1, 2, … until there is no nth allocation.  Returns that n, or -1 with
 * errno set.
 */
int fault_run(const struct fault_series *series);

/* More than any of the tests' operations take. */
#define FAULT_MAX 2000

#endif /* SELFTESTS_FAULT_H */
