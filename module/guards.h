/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Guards: what guard.S calls for a task that may be tracked.
 */
#ifndef _NSG_GUARDS_H
#define _NSG_GUARDS_H

#include <linux/types.h>

struct task_struct;

/* guard.S; never called from C. */
void nsg_gate_guard(void);
void nsg_use_guard(void);
void nsg_visit_guard(void);

u64 nsg_gate_check(unsigned long return_address);
u64 nsg_use_check(unsigned long return_address);
u64 nsg_visit_check(unsigned long return_address, struct task_struct *target,
		    unsigned int mode);

int nsg_guards_init(void);
void nsg_guards_exit(void);
int nsg_guards_register(void);
int nsg_guards_unregister(void);

#endif /* _NSG_GUARDS_H */
