/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Host: what the containers are measured against, which is what pid 1 has.
 */
#ifndef _NSG_HOST_H
#define _NSG_HOST_H

#include <linux/path.h>
#include <linux/types.h>

struct nsg_origin;
struct nsproxy;

bool nsg_host_mnt_ns_is(const struct nsproxy *nsproxy);
void nsg_host_root_get(struct path *root);
bool nsg_host_may_own(const struct nsg_origin *origin, u32 inum);
bool nsg_host_owns(const struct nsg_origin *origin, u32 inum);
bool nsg_host_owns_all(const struct nsg_origin *origin, void *const *had,
		       void *const *now);
bool nsg_host_yields(const struct nsg_origin *origin, void *const *had,
		     void *const *now);

#endif /* _NSG_HOST_H */
