/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARD_SELFTESTS_CTL_ROLE_H
#define NSGUARD_SELFTESTS_CTL_ROLE_H

#include <sys/types.h>

/* Who talks to the family; all but ROLE_NETNS in the host's network namespace. */
enum role {
	ROLE_ROOT,		/* of the host */
	ROLE_USER,		/* of the host, without capabilities */
	ROLE_USERNS,		/* root of a user namespace, outside containers */
	ROLE_CONTAINER,		/* with every capability of the host's root */
	ROLE_SANDBOX,		/* the same, and ambiguous: with the host's pids */
	ROLE_NETNS,		/* a container with its own network namespace */
	NR_ROLES,
};
extern const char *const role_names[NR_ROLES];

/*
 * Executes this program anew as @role, with @argv behind its name.  What has no
 * close-on-exec flag is inherited.  Returns the process whose status role_end()
 * waits for.
 */
pid_t role_start(enum role role, const char *const argv[]);
/* The exit status, or 128 and the number of a signal. */
int role_end(pid_t pid);

#endif /* NSGUARD_SELFTESTS_CTL_ROLE_H */
