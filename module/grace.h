/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Grace periods of RCU-tasks, with a deadline: they wait for every task that is
 * ready to run, and a task of the lowest class beside busy ones hardly ever does.
 */
#ifndef _NSG_GRACE_H
#define _NSG_GRACE_H

#include <linux/jiffies.h>

/* How long others have to come out of where they are. */
#define NSG_DEADLINE (10 * HZ)

int nsg_wait_tasks(unsigned long end);
void nsg_name_starved(void);
int nsg_wait_a_little(unsigned long end);

#endif /* _NSG_GRACE_H */
