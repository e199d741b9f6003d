/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_HOOK_CRED_H
#define _NSG_HOOK_CRED_H

#include <linux/types.h>

struct nsg_cred_copy;
struct nsg_record;

bool nsg_cred_reachable(const struct nsg_record *rec,
			const struct nsg_cred_copy *copy);

#endif /* _NSG_HOOK_CRED_H */
