/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_HOOK_NS_H
#define _NSG_HOOK_NS_H

#include <linux/types.h>

struct nsg_record;
struct nsproxy;

bool nsg_ns_by_exec(const struct nsg_record *rec, const struct nsproxy *new);

#endif /* _NSG_HOOK_NS_H */
