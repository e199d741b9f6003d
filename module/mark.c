// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/rcupdate.h>
#include <linux/sched/signal.h>
#include <linux/string.h>
#include <linux/thread_info.h>
#include <linux/tracepoint.h>

#include "mark.h"
#include "record.h"
#include "threads.h"

/* False once the module leaves; only ever goes from true to false. */
static bool marking = true;
/* raw_syscalls' two, whose users have the mark on every task. */
static struct tracepoint *call_tracepoints[2];
/*
 * How often the marks were taken off all tasks, twice: odd while that is under
 * way.  Written by who unregisters the last probe, under tracepoints_mutex.
 */
static atomic_t taken = ATOMIC_INIT(0);

static void __init note_tracepoint(struct tracepoint *tp, void *unused)
{
	if (!strcmp(tp->name, "sys_enter"))
		call_tracepoints[0] = tp;
	else if (!strcmp(tp->name, "sys_exit"))
		call_tracepoints[1] = tp;
}

/**
 * nsg_mark_init - find the tracepoints that the mark is made for
 *
 * Context: process context, may sleep.
 */
void __init nsg_mark_init(void)
{
	for_each_kernel_tracepoint(note_tracepoint, NULL);
}

/**
 * nsg_mark - send a record's task through the system-call gate
 * @rec: the record, of which the caller knows that its task is there
 *
 * The task and the sweep may do it at once.  If the older number is the one that
 * stays, a mark that is missing is forgiven once more.
 *
 * Context: any.
 */
void nsg_mark(struct nsg_record *rec)
{
	int now = atomic_read(&taken);

	if (unlikely(!READ_ONCE(marking)))
		return;
	/* Taken from here on, the mark may go unseen, and the number tells. */
	smp_mb__before_atomic();
	set_task_syscall_work(rec->task, SYSCALL_TRACEPOINT);
	/* Who sees the number has seen the mark; pairs with nsg_mark_cleared(). */
	smp_mb__after_atomic();
	WRITE_ONCE(rec->marked, now);
}

/**
 * nsg_mark_cleared - was the mark taken off this task alone?
 * @rec: a record, LIVE or PENDING, of which the caller knows that its task is
 *	there
 *
 * Context: any.
 */
bool nsg_mark_cleared(const struct nsg_record *rec)
{
	int then = READ_ONCE(rec->marked);
	int now;

	smp_rmb(); /* pairs with nsg_mark() */
	if (nsg_marked(rec->task))
		return false;
	smp_rmb(); /* pairs with nsg_marks_taken_begin() */
	now = atomic_read(&taken);
	return !(now & 1) && then == now;
}

/**
 * nsg_marks_taken_begin - all tasks are about to lose their mark
 *
 * Context: process context, under tracepoints_mutex.
 */
void nsg_marks_taken_begin(void)
{
	/* In full before the first mark goes; pairs with nsg_mark_cleared(). */
	WARN_ON_ONCE(!(atomic_inc_return(&taken) & 1));
}

/**
 * nsg_marks_taken_end - they have lost it
 *
 * Context: process context, under tracepoints_mutex.
 */
void nsg_marks_taken_end(void)
{
	atomic_inc_return(&taken);
}

static bool calls_are_traced(void)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(call_tracepoints); i++)
		if (!call_tracepoints[i] ||
		    static_key_enabled(&call_tracepoints[i]->key))
			return true;
	return false;
}

static void mark_all(bool mark)
{
	struct task_struct *process, *task;

	rcu_read_lock();
	for_each_process(process) {
		nsg_each_thread(process, task) {
			if (mark)
				set_task_syscall_work(task, SYSCALL_TRACEPOINT);
			else
				clear_task_syscall_work(task, SYSCALL_TRACEPOINT);
		}
	}
	rcu_read_unlock();
}

/**
 * nsg_marks_off - take the mark off every task, and set it no more
 *
 * Unless another traces all system calls: then every task has it for that.  To
 * be called when nothing is judged any more, and once more at the end: a child
 * gets its parent's mark.
 *
 * Context: process context, may sleep.
 */
void nsg_marks_off(void)
{
	bool traced;

	WRITE_ONCE(marking, false);
	/* Who begins or ends meanwhile has set or taken them before that shows. */
	do {
		traced = calls_are_traced();
		mark_all(traced);
	} while (traced != calls_are_traced());
}
