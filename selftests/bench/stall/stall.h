/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Stretches of nsguard's own work: what they are is in main.c.
 */
#ifndef _NSG_STALL_H
#define _NSG_STALL_H

#include <linux/compiler.h>
#include <linux/types.h>

/* All are the functions of one processor: the guest has no other. */

/* Preemption has been switched off at this place of the module, or is on again. */
notrace void nsg_stall_off(const char *function, int line);
notrace void nsg_stall_on(void);
/* The module gives way. */
notrace void nsg_stall_resched(void);

/* What comes between the two is the kernel's own, and does not sleep. */
notrace bool nsg_stall_leave(void);
notrace void nsg_stall_return(bool left);

/* The compiler's names. */
notrace void __cyg_profile_func_enter(void *function, void *caller);
notrace void __cyg_profile_func_exit(void *function, void *caller);

#endif /* _NSG_STALL_H */
