// SPDX-License-Identifier: GPL-2.0
#include <linux/completion.h>
#include <linux/kmemleak.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>

#include "grace.h"
#include "log.h"
#include "threads.h"

#define NAMED 8

static bool holds_out(const struct task_struct *task)
{
#ifdef CONFIG_TASKS_RCU
	/* Written by the kernel at a grace period's beginning; this is for the log. */
	unsigned long nvcsw = data_race(task->rcu_tasks_nvcsw);

	/* Asked as the kernel asks itself (check_holdout_task()). */
	return READ_ONCE(task->rcu_tasks_holdout) && nvcsw == READ_ONCE(task->nvcsw) &&
	       READ_ONCE(task->on_rq);
#else
	return false;
#endif
}

/* A grace period of RCU-tasks begins with one of RCU, which waits for these. */
static bool is_preempted_reader(const struct task_struct *task)
{
#ifdef CONFIG_PREEMPT_RCU
	return READ_ONCE(task->rcu_read_unlock_special.b.blocked) &&
	       READ_ONCE(task->on_rq) && task != current;
#else
	return false;
#endif
}

/* Some of them: a container can have thousands.  How many there are is returned. */
static unsigned int name_some(bool (*waited_for)(const struct task_struct *task))
{
	struct task_struct *tasks[NAMED], *process, *task;
	unsigned int i, n = 0, count = 0;
	char comm[TASK_COMM_LEN];

	rcu_read_lock();
	for_each_process(process) {
		nsg_each_thread(process, task) {
			if (waited_for(task) && count++ < NAMED)
				tasks[n++] = get_task_struct(task);
		}
	}
	rcu_read_unlock();
	for (i = 0; i < n; i++) {
		get_task_comm(comm, tasks[i]);
		nsg_err("pid=%d comm=%*pE is ready to run and does not run\n",
			task_pid_nr(tasks[i]), (int)strlen(comm), comm);
		put_task_struct(tasks[i]);
	}
	if (count > n)
		nsg_err("nor do %u others\n", count - n);
	return count;
}

/**
 * nsg_name_starved - say in the log for whom a grace period of RCU-tasks waits
 *
 * Context: process context, may sleep.
 */
void nsg_name_starved(void)
{
	if (!name_some(holds_out) && !name_some(is_preempted_reader))
		nsg_err("a grace period of RCU-tasks does not end\n");
}

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
		nsg_name_starved();
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
