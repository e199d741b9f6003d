/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_STRAY_H
#define SELFTESTS_STRAY_H

/* The descriptor of a directory of the host that a careless launcher leaks. */
#define STRAY_FD	40
/* A file that the test has a lease on: to open it takes as long as it likes. */
#define STRAY_LEASED	"/share/leased"
/* The role of what is executed afterwards. */
#define STRAY_DONE	"done"

#endif /* SELFTESTS_STRAY_H */
