/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who may attach to the tracepoint: whoever does holds the module.
 */
#ifndef _NSG_ATTACH_H
#define _NSG_ATTACH_H

void nsg_attach_init(void);
void nsg_attach_forbid(void);
void nsg_attach_exit(void);

#endif /* _NSG_ATTACH_H */
