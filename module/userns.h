/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_USERNS_H
#define _NSG_USERNS_H

#include <linux/types.h>

#include "rule.h"

struct user_namespace;

enum nsg_userns_rel nsg_userns_relation(const struct user_namespace *ns,
					const struct user_namespace *top);
u32 nsg_userns_maker(const struct user_namespace *ns);
bool nsg_userns_maps_uid(const struct user_namespace *ns, u32 uid);
bool nsg_userns_maps_gid(const struct user_namespace *ns, u32 gid);

#endif /* _NSG_USERNS_H */
