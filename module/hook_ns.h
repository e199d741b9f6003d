/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_HOOK_NS_H
#define _NSG_HOOK_NS_H

#include <linux/types.h>

struct nsg_record;

bool nsg_ns_by_exec(const struct nsg_record *rec, void *const *now);

#endif /* _NSG_HOOK_NS_H */
