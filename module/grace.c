// SPDX-License-Identifier: GPL-2.0
#include <linux/completion.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "grace.h"

/* Written by who loads or leaves, which one lock serialises (main.c). */
static struct rcu_synchronize under_way;
/* One that was given up ends all the same; its callback is the kernel's text. */
static bool given_up;

static int wait_until(unsigned long end)
{
	long left = max_t(long, end - jiffies, 1);

	left = wait_for_completion_killable_timeout(&under_way.completion, left);
	given_up = left <= 0;
	if (given_up)
		return left ? -EINTR : -EBUSY;
	return 0;
}

/**
 * nsg_wait_tasks - every task has left the function that it was in, or sleeps there
 * @end: jiffies at which to give up
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0, -EBUSY, -EINTR.
 */
int nsg_wait_tasks(unsigned long end)
{
	/* That began too early for what the caller has done since. */
	int err = given_up ? wait_until(end) : 0;

	if (err)
		return err;
	init_completion(&under_way.completion);
	call_rcu_tasks(&under_way.head, wakeme_after_rcu);
	return wait_until(end);
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
