/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_USE_H
#define _NSG_USE_H

struct nsg_hook;

#define NSG_USES_MAX 64

extern struct nsg_hook nsg_uses[];
extern const unsigned int nsg_uses_count;

void nsg_use_index(void);

#endif /* _NSG_USE_H */
