/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_ELSEWHERE_H
#define SELFTESTS_ELSEWHERE_H

#include "life/board.h"

/*
 * Processes that wait in the kernel where new namespaces are made, for the rtnl mutex
 * that another one holds.  Returns once they do.
 */
void elsewhere_wait(struct board *board);
/* Lets them go on, and waits until they have. */
void elsewhere_end(struct board *board);

#endif /* SELFTESTS_ELSEWHERE_H */
