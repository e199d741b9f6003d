/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_KMSG_H
#define SELFTESTS_KMSG_H

/*
 * The kernel's log from now on.  The module's counters go with it, and it is
 * while it comes and goes that a hook is missing: the log has all of it.
 */
int kmsg_open(void);
/* Lines with this text since the last call, or since it was opened. */
int kmsg_count(int fd, const char *text);

#define KMSG_ALERT "nsguard: ALERT"

#endif /* SELFTESTS_KMSG_H */
