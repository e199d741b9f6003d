// SPDX-License-Identifier: GPL-2.0
#include <linux/err.h>
#include <linux/list.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "door.h"
#include "grace.h"
#include "hooks.h"
#include "log.h"

/**
 * struct nsg_stay - one task within
 * @node: in the list of all of them, under door_lock
 * @task: it, with a reference
 * @hook: what it is within
 *
 * From nsg_door_enter() to nsg_door_leave().  Not on the task's stack, which is gone if
 * it ends by an oops: then the stay remains, and so does the module, as it does for
 * the count of who is inside.
 */
struct nsg_stay {
	struct list_head node;
	struct task_struct *task;
	const struct nsg_hook *hook;
};

/* Guards the list and the door: once that is closed nobody joins. */
static DEFINE_SPINLOCK(door_lock);
static LIST_HEAD(stays);
static bool closed;
static DECLARE_WAIT_QUEUE_HEAD(before);

static bool join(struct nsg_stay *stay)
{
	bool joined;

	spin_lock(&door_lock);
	joined = !closed && !nsg_wrappers_bypassed();
	if (joined)
		list_add(&stay->node, &stays);
	spin_unlock(&door_lock);
	return joined;
}

static int join_or_wait(struct nsg_stay *stay)
{
	while (!join(stay)) {
		if (wait_event_killable(before, !READ_ONCE(closed)))
			return -EINTR;
		if (nsg_wrappers_bypassed())
			return restart_syscall();
	}
	return 0;
}

/**
 * nsg_door_enter - current is about to come where it could stay
 * @hook: of the function
 *
 * Behind a closed door the module may be on its way off.  Then the system call begins
 * anew, from user space, and does not come here any more: no other way is certain to
 * leave nothing of the module's on the stack.  A ring's request to join a generic
 * netlink group fails instead, with an error that has no name in user space.
 *
 * Context: process context, may sleep, in a system call, with no lock held; current
 *	is counted as inside.
 * Return: for nsg_door_leave(); -ENOMEM, the error with which the call begins anew, or
 *	that of a task that dies.
 */
struct nsg_stay *nsg_door_enter(const struct nsg_hook *hook)
{
	struct nsg_stay *stay;
	int err;

	might_sleep();
	stay = kmalloc(sizeof(*stay), GFP_KERNEL);
	if (!stay)
		return ERR_PTR(-ENOMEM);
	stay->task = get_task_struct(current);
	stay->hook = hook;
	err = join_or_wait(stay);
	if (!err)
		return stay;
	put_task_struct(stay->task);
	kfree(stay);
	return ERR_PTR(err);
}

/**
 * nsg_door_leave - it comes out
 * @stay: from nsg_door_enter(); freed.  NULL does nothing
 *
 * Context: process context.
 */
void nsg_door_leave(struct nsg_stay *stay)
{
	if (!stay)
		return;
	spin_lock(&door_lock);
	list_del(&stay->node);
	spin_unlock(&door_lock);
	put_task_struct(stay->task);
	kfree(stay);
}

static bool is_empty(void)
{
	bool empty;

	spin_lock(&door_lock);
	empty = list_empty(&stays);
	spin_unlock(&door_lock);
	return empty;
}

#define NAMED 8

/**
 * nsg_door_name - say in the log who is within, the oldest first
 *
 * Some of them: any user of the host can have thousands.
 *
 * Context: process context, may sleep.
 */
void nsg_door_name(void)
{
	const struct nsg_hook *hooks[NAMED];
	struct task_struct *tasks[NAMED];
	unsigned int i, n = 0, count = 0;
	char comm[TASK_COMM_LEN];
	struct nsg_stay *stay;

	spin_lock(&door_lock);
	list_for_each_entry_reverse(stay, &stays, node) {
		if (count++ >= NAMED)
			continue;
		tasks[n] = get_task_struct(stay->task);
		hooks[n++] = stay->hook;
	}
	spin_unlock(&door_lock);
	for (i = 0; i < n; i++) {
		get_task_comm(comm, tasks[i]);
		nsg_err("can't leave: pid=%d comm=%*pE is in %s\n",
			task_pid_nr(tasks[i]), (int)strlen(comm), comm,
			hooks[i]->names[0]);
		put_task_struct(tasks[i]);
	}
	if (count > n)
		nsg_err("can't leave: and so are %u others\n", count - n);
}

/**
 * nsg_door_close - let nobody in, and wait until nobody is within
 * @end: jiffies at which to give up
 *
 * Who comes meanwhile waits before the door.
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0 with the door closed; -EBUSY, -EINTR with the door open, and the log
 *	names who is within.
 */
int nsg_door_close(unsigned long end)
{
	int err = 0;

	spin_lock(&door_lock);
	WRITE_ONCE(closed, true);
	spin_unlock(&door_lock);
	while (!err && !is_empty())
		err = nsg_wait_a_little(end);
	if (!err)
		return 0;
	nsg_door_name();
	nsg_door_open();
	return err;
}

/**
 * nsg_door_open - let all in who wait, or send them back if the wrappers are bypassed
 *
 * Context: process context; one at a time.
 */
void nsg_door_open(void)
{
	spin_lock(&door_lock);
	WRITE_ONCE(closed, false);
	spin_unlock(&door_lock);
	wake_up_all(&before);
}
