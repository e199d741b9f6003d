/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_TAP_H
#define SELFTESTS_TAP_H

#include <stdbool.h>

/*
 * Results in the Test Anything Protocol.  The plan is printed at the end, so
 * a program that dies on its way has none and fails.
 */
__attribute__((format(printf, 2, 3)))
bool ok(bool good, const char *fmt, ...);

/* A line that is shown when something has failed. */
__attribute__((format(printf, 1, 2)))
void diag(const char *fmt, ...);

/* The test can't go on; says why, with errno. */
__attribute__((format(printf, 1, 2), noreturn))
void bail(const char *fmt, ...);

/* After-the-power-off expectation; @content may be NULL. */
void disk_expect(const char *path, bool present, const char *content);

/* Prints the plan; the program's exit status. */
int tap_done(void);

#endif /* SELFTESTS_TAP_H */
