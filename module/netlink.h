/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_NETLINK_H
#define _NSG_NETLINK_H

#include "listen.h"

extern struct genl_family nsg_genl_family;

#endif /* _NSG_NETLINK_H */
