/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_WORK_H
#define _NSG_WORK_H

#include <linux/workqueue.h>

/*
 * What can't be done where it is found: reports are sent, containers are ended.
 * Ordered, so that events go out in the order of their numbers.  What is queued
 * here has references of its own; leaving waits for it (leave.c).
 */
extern struct workqueue_struct *nsg_wq;

#endif /* _NSG_WORK_H */
