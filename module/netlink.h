/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_NETLINK_H
#define _NSG_NETLINK_H

struct sk_buff;

extern struct genl_family nsg_genl_family;

int nsg_netlink_init(void);
void nsg_netlink_exit(void);
void nsg_netlink_multicast(struct sk_buff *skb);

#endif /* _NSG_NETLINK_H */
