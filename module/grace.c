// SPDX-License-Identifier: GPL-2.0
#include <linux/completion.h>
#include <linux/kmemleak.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>

#include "grace.h"
#include "log.h"

/**
 * nsg_wait_tasks - every task has left the function that it was in, or sleeps there
 * @end: jiffies at which to give up
 *
 * What was given up ends some time, when the module may be gone: its callback is the
 * kernel's text, and its memory is left to it for good.
 *
 * Context: process context, may sleep.
 * Return: 0, -EBUSY, -EINTR, -ENOMEM.
 */
int nsg_wait_tasks(unsigned long end)
{
	struct rcu_synchronize *wait = kmalloc(sizeof(*wait), GFP_KERNEL);
	long left;

	if (!wait)
		return -ENOMEM;
	init_completion(&wait->completion);
	call_rcu_tasks(&wait->head, wakeme_after_rcu);
	left = max_t(long, end - jiffies, 1);
	left = wait_for_completion_killable_timeout(&wait->completion, left);
	if (!left)
		nsg_err("a task that is ready to run has not run for ten seconds\n");
	if (left <= 0) {
		kmemleak_not_leak(wait);
		return left ? -EINTR : -EBUSY;
	}
	kfree(wait);
	return 0;
}

/**
 * nsg_wait_a_little - before looking again
 * @end: jiffies at which to give up
 *
 * Context: process context, may sleep.
 * Return: 0, -EBUSY, -EINTR.
 */
int nsg_wait_a_little(unsigned long end)
{
	if (time_after(jiffies, end))
		return -EBUSY;
	schedule_timeout_killable(HZ / 50);
	return fatal_signal_pending(current) ? -EINTR : 0;
}
