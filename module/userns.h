/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_USERNS_H
#define _NSG_USERNS_H

#include <linux/user_namespace.h>

#include "rule.h"

/**
 * nsg_userns_relation - how a user namespace lies to another
 * @ns: the namespace in question
 * @top: the record's
 *
 * Parents live as long as their children.
 *
 * Context: any.
 */
static inline enum nsg_userns_rel
nsg_userns_relation(const struct user_namespace *ns,
		    const struct user_namespace *top)
{
	if (ns == top)
		return NSG_USERNS_SAME;
	for (ns = ns->parent; ns; ns = ns->parent)
		if (ns == top)
			return NSG_USERNS_BELOW;
	return NSG_USERNS_ELSEWHERE;
}

#endif /* _NSG_USERNS_H */
