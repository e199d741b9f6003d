// SPDX-License-Identifier: GPL-2.0
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/spinlock.h>
#include <linux/wait.h>

#include "exec.h"
#include "grace.h"
#include "hooks.h"
#include "log.h"

/* Guards the list and the door: once that is closed nobody joins. */
static DEFINE_SPINLOCK(exec_lock);
static LIST_HEAD(execs);
static bool closed;
static DECLARE_WAIT_QUEUE_HEAD(door);

static bool join(struct nsg_exec *exec)
{
	bool joined;

	spin_lock(&exec_lock);
	/* The kernel's own (its helpers') can't be sent back, nor be held by anybody. */
	joined = !current->mm || (!closed && !nsg_wrappers_bypassed());
	if (joined)
		list_add(&exec->node, &execs);
	spin_unlock(&exec_lock);
	return joined;
}

/**
 * nsg_exec_enter - current is about to execute a program
 * @exec: on its stack, until nsg_exec_leave()
 *
 * Behind a closed door the module may be on its way off.  Then the call begins anew,
 * from user space, and does not come here any more: no other way is certain to leave
 * nothing of the module's on the stack.
 *
 * Context: process context, may sleep, with no lock held; current is counted as
 *	inside.
 * Return: 0; the error with which the call begins anew, or that of a task that dies.
 */
int nsg_exec_enter(struct nsg_exec *exec)
{
	exec->task = current;
	while (!join(exec)) {
		if (wait_event_killable(door, !READ_ONCE(closed)))
			return -EINTR;
		if (nsg_wrappers_bypassed())
			return restart_syscall();
	}
	return 0;
}

/**
 * nsg_exec_leave - it has been executed, or not
 * @exec: the one that was entered with
 *
 * Context: process context.
 */
void nsg_exec_leave(struct nsg_exec *exec)
{
	spin_lock(&exec_lock);
	list_del(&exec->node);
	spin_unlock(&exec_lock);
}

/**
 * nsg_exec_forget - current ends within exec, by an oops: its stack goes
 *
 * Context: process context of a task that exits.
 */
void nsg_exec_forget(void)
{
	struct nsg_exec *exec;

	spin_lock(&exec_lock);
	list_for_each_entry(exec, &execs, node) {
		if (exec->task == current) {
			list_del(&exec->node);
			break;
		}
	}
	spin_unlock(&exec_lock);
}

static bool is_empty(void)
{
	bool empty;

	spin_lock(&exec_lock);
	empty = list_empty(&execs);
	spin_unlock(&exec_lock);
	return empty;
}

#define NAMED 8

/**
 * nsg_exec_name - say in the log who is within, the oldest first
 *
 * Some of them: any user of the host can have thousands.
 *
 * Context: process context, may sleep.
 */
void nsg_exec_name(void)
{
	struct task_struct *tasks[NAMED];
	unsigned int i, n = 0, count = 0;
	char comm[TASK_COMM_LEN];
	struct nsg_exec *exec;

	spin_lock(&exec_lock);
	list_for_each_entry_reverse(exec, &execs, node) {
		if (count++ < NAMED)
			tasks[n++] = get_task_struct(exec->task);
	}
	spin_unlock(&exec_lock);
	for (i = 0; i < n; i++) {
		get_task_comm(comm, tasks[i]);
		nsg_err("can't leave: pid=%d comm=%*pE is executing a program\n",
			task_pid_nr(tasks[i]), (int)strlen(comm), comm);
		put_task_struct(tasks[i]);
	}
	if (count > n)
		nsg_err("can't leave: and so are %u others\n", count - n);
}

/**
 * nsg_exec_close - let nobody in, and wait until nobody is within
 * @end: jiffies at which to give up
 *
 * Who comes meanwhile waits at the door.
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0 with the door closed; -EBUSY, -EINTR with the door open, and the log
 *	names who is within.
 */
int nsg_exec_close(unsigned long end)
{
	int err = 0;

	spin_lock(&exec_lock);
	WRITE_ONCE(closed, true);
	spin_unlock(&exec_lock);
	while (!err && !is_empty())
		err = nsg_wait_a_little(end);
	if (!err)
		return 0;
	nsg_exec_name();
	nsg_exec_open();
	return err;
}

/**
 * nsg_exec_open - let all in who wait, or send them back if the wrappers are bypassed
 *
 * Context: process context; one at a time.
 */
void nsg_exec_open(void)
{
	spin_lock(&exec_lock);
	WRITE_ONCE(closed, false);
	spin_unlock(&exec_lock);
	wake_up_all(&door);
}
