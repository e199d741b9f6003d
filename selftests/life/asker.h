/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_ASKER_H
#define SELFTESTS_ASKER_H

#include <stdbool.h>

/*
 * A user whose request to another family of generic netlink waits for the rtnl mutex,
 * and so keeps every family from coming and going.  Returns once it does.
 */
void asker_start(void);
/* Lets it be answered. */
void asker_end(void);

/* Any user who hears which families come and go: a descriptor. */
int families_listen(void);
/* Has any, since that was asked last? */
bool families_moved(int fd);

#endif /* SELFTESTS_ASKER_H */
