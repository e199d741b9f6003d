/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARD_SELFTESTS_CTL_TAP_H
#define NSGUARD_SELFTESTS_CTL_TAP_H

#include <stdbool.h>
#include <stdio.h>

static int tap_count;
static int tap_failures;

static inline bool ok(bool good, const char *what)
{
	printf("%sok %d - %s\n", good ? "" : "not ", ++tap_count, what);
	fflush(stdout);
	tap_failures += !good;
	return good;
}

/* The plan comes last, so that a program that dies half-way has none. */
static inline int tap_exit(void)
{
	printf("1..%d\n", tap_count);
	return tap_failures ? 1 : 0;
}

#endif /* NSGUARD_SELFTESTS_CTL_TAP_H */
