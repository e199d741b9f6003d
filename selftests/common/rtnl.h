/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_RTNL_H
#define SELFTESTS_RTNL_H

#include <stdbool.h>
#include <sys/types.h>

/*
 * A process that holds the rtnl mutex: it asks for the state of a link, into a page that
 * is not there.  Any user can do that who has a FUSE of his own.  False, with errno set.
 */
bool rtnl_hold(void);
/* Lets it go on, and waits until it has. */
bool rtnl_let_go(void);
/*
 * Waits until a process waits for it, or at the door behind which it would; false if it
 * ends instead.
 */
bool rtnl_is_wanted(pid_t pid);

#endif /* SELFTESTS_RTNL_H */
