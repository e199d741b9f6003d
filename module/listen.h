/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Listeners: who may be one, and what they are sent.
 */
#ifndef _NSG_LISTEN_H
#define _NSG_LISTEN_H

struct nsg_origin;
struct sk_buff;

/**
 * struct nsg_config_change - a change that current has made
 * @name: what was changed
 * @old: its value before
 * @new: its value from now on
 * @origin: the container whose it is, NULL: the host's
 */
struct nsg_config_change {
	const char *name;
	const char *old;
	const char *new;
	const struct nsg_origin *origin;
};

int nsg_listen_start(void);
int nsg_listen_may_stop(unsigned long end);
void nsg_listen_stop(void);
void nsg_listen_tell(const struct nsg_config_change *change);
void nsg_netlink_multicast(struct sk_buff *skb);

#endif /* _NSG_LISTEN_H */
