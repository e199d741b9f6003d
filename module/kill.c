// SPDX-License-Identifier: GPL-2.0
/*
 * Kill: SIGKILL to a tracked task's thread group, from any context.
 *
 * Nothing that the task could have written over is asked first: no flag, no pid.
 * Neither pid 1 nor a kernel thread is ever tracked (entry.c, adopt.c).
 */
#include <linux/sched/signal.h>

#include "kill.h"
#include "record.h"
#include "threads.h"

/*
 * A group that is marked as exiting gets no more signals, and an attacker may have
 * written that mark.  Where the group does exit every thread of it has the signal,
 * is past it, or dumps core; but the one that called exit_group(), until it gets to
 * exit_signals(), whose status this changes at worst.
 */
static void let_signals_in(struct task_struct *task)
{
	struct sighand_struct *sighand;
	struct signal_struct *signal;

	rcu_read_lock();
	sighand = rcu_dereference(task->sighand);
	if (sighand) {
		spin_lock(&sighand->siglock);
		signal = task->signal;
		if (rcu_access_pointer(task->sighand) == sighand &&
		    signal->flags & SIGNAL_GROUP_EXIT && !signal->core_state &&
		    !sigismember(&task->pending.signal, SIGKILL) &&
		    !(task->flags & PF_EXITING))
			signal->flags &= ~SIGNAL_GROUP_EXIT;
		spin_unlock(&sighand->siglock);
	}
	rcu_read_unlock();
}

/*
 * What else keeps the signal from being looked at is of the task alone: on its way
 * to user mode it looks if this flag is set.
 */
static void insist(struct task_struct *task)
{
	if (fatal_signal_pending(task))
		return;
	set_tsk_thread_flag(task, TIF_SIGPENDING);
	kick_process(task);
}

/*
 * The kernel panics when a task dies that has the number of the host's first
 * process, and an attacker who has written that would like it to.
 */
static void be_itself(const struct nsg_record *rec)
{
	if (unlikely(rec->task->tgid != rec->tgid))
		rec->task->tgid = rec->tgid;
}

/*
 * A thread that exits takes no signal, nor does it pass it on to the others: one of
 * those gets it then.
 */
static struct task_struct *another_thread(struct task_struct *task)
{
	struct task_struct *thread;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "threads may go");
	nsg_each_thread(task, thread)
		if (!(READ_ONCE(thread->flags) & PF_EXITING))
			return thread;
	return NULL;
}

static void kill_group_of(struct task_struct *task)
{
	struct task_struct *thread;

	send_sig(SIGKILL, task, 1);
	if (likely(!(READ_ONCE(task->flags) & PF_EXITING)))
		return;
	rcu_read_lock();
	thread = another_thread(task);
	if (thread)
		send_sig(SIGKILL, thread, 1);
	rcu_read_unlock();
}

/* In an interrupt: the siglock may have been held where the kill was wanted. */
static void kill_now(struct irq_work *work)
{
	struct nsg_record *rec = container_of(work, struct nsg_record, kill);

	be_itself(rec);
	let_signals_in(rec->task);
	kill_group_of(rec->task);
	insist(rec->task);
}

/**
 * nsg_kill_init - the record's task can be killed from here on
 * @rec: a record that is not in the table yet
 *
 * Context: any.
 */
void nsg_kill_init(struct nsg_record *rec)
{
	init_irq_work(&rec->kill, kill_now);
}

/**
 * nsg_kill - kill the thread group of a record's task
 * @rec: current's record, or one whose task the caller holds or found under RCU
 *
 * At once if this processor takes interrupts, else as soon as it does.  The way
 * back to user mode would be too late: an io_uring thread answers its ring
 * before.
 *
 * Context: any.
 */
void nsg_kill(struct nsg_record *rec)
{
	irq_work_queue(&rec->kill);
}
