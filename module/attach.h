/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may attach to the tracepoint: whoever does holds the module.
 */
#ifndef _NSG_ATTACH_H
#define _NSG_ATTACH_H

#include <linux/types.h>

void nsg_attach_init(void);
void nsg_attach_allow(void);
void nsg_attach_forbid(void);
bool nsg_attach_is_over(void);
void nsg_attach_exit(void);

#endif /* _NSG_ATTACH_H */
