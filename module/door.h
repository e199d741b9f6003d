/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The door before the hooked functions in which a task can stay for as long as
 * somebody likes.
 *
 * Before its tracer, or while it reads a file that a server does not answer for, or
 * behind a lock whose holder does: the rtnl mutex, the lock of its own memory, that of
 * generic netlink.  The door is closed before the module leaves, and whoever finds
 * out by it that the module is about to can't stay in another function instead.
 */
#ifndef _NSG_DOOR_H
#define _NSG_DOOR_H

#include <linux/jiffies.h>

struct nsg_hook;
struct nsg_stay;

/* Every exec of the host may have to wait as long. */
#define NSG_DOOR_DEADLINE (3 * HZ)

struct nsg_stay *nsg_door_enter(const struct nsg_hook *hook);
void nsg_door_leave(struct nsg_stay *stay);
int nsg_door_close(unsigned long end);
void nsg_door_open(void);
void nsg_door_name(void);

#endif /* _NSG_DOOR_H */
