/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_GATE_H
#define _NSG_GATE_H

struct nsg_hook;

extern struct nsg_hook nsg_hook_gate;

void nsg_gate_init(void);

#endif /* _NSG_GATE_H */
