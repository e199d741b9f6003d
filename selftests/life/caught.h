/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_CAUGHT_H
#define SELFTESTS_CAUGHT_H

/* A fifo, in the container: who waits there is to go on. */
#define CAUGHT_GO	"/share/go"

#endif /* SELFTESTS_CAUGHT_H */
