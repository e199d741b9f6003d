/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the present context allows.
 *
 * Exploits call commit_creds() and its kind wherever they have got control:
 * with bottom halves off, in an RCU section, in softirq, in a timer.  So a hook
 * asks where it is, and never concludes it from where the kernel would call it.
 */
#ifndef _NSG_CONTEXT_H
#define _NSG_CONTEXT_H

#include <linux/preempt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>

/*
 * May this context sleep?  False on kernels that do not count: there everything
 * that sleeps is left to the next system call.
 */
static inline bool nsg_may_sleep(void)
{
	return preemptible() && !rcu_preempt_depth();
}

#endif /* _NSG_CONTEXT_H */
