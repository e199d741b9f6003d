/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_LEASE_H
#define SELFTESTS_LEASE_H

#include <stdbool.h>

/*
 * A lease on a file: whoever opens it hangs in the kernel, behind the guard's
 * look at it, until the lease is given up.
 */
int lease_take(const char *path);
/* Does somebody hang there? */
bool lease_wanted(int fd);
void lease_give_up(int fd);

/* Leases are not broken by time for as long. */
void lease_patience(bool on);

#endif /* SELFTESTS_LEASE_H */
