// SPDX-License-Identifier: GPL-2.0
/*
 * Leaving: everything that loading has done is undone, but for what
 * module_exit() frees.
 *
 * It is an operation that can fail, and be tried again, which module_exit() is
 * not.  A container can keep it from coming to an end: a task may sleep in a
 * function that it called through a wrapper for as long as it likes (in an exec from
 * a FUSE that does not answer, or whose tracer lets it stand), and one that is ready
 * to run and hardly ever does holds up the grace periods that taking off a hook
 * takes.  So it is tried before anything is taken off (nsg_leave_try()): who stands
 * in the way then does not choose when the host is unguarded.  The order of what
 * follows is what makes it safe:
 *
 *  1. nsg_config.state is LEAVING.  Nothing is judged any more (nsg_mode()), so
 *     that no transition which a hook that is gone does not follow is taken for a
 *     violation by one that still stands; nothing becomes tracked any more; no
 *     setting can be changed.
 *  2. The sweep ends and the marks go, while tasks can still be found by their
 *     records.
 *  3. The hooks go, in any order.  What is left of the order is in the records: a
 *     task that exits without exit_fs() hooked leaves a LIVE record behind, which
 *     security_task_free() puts aside; one that is freed unhooked leaves its
 *     record in the table, which nobody looks into any more.
 *  4. Nobody is left inside.
 *  5. The records give back what they own, the reports are sent.
 *
 * 3 and 4 have a deadline each, at which leaving fails.  It goes on from there when it is
 * tried again; hooks that are being taken off then are so by a worker, whom nobody
 * has to wait for.
 */
#include <linux/completion.h>
#include <linux/jiffies.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

#include "config.h"
#include "event.h"
#include "grace.h"
#include "guards.h"
#include "hook_table.h"
#include "leave.h"
#include "log.h"
#include "mark.h"
#include "record.h"
#include "sweep.h"

static long inside(unsigned int phase)
{
	struct nsg_hook *hook;
	unsigned int i;
	long sum = 0;

	for (i = 0; (hook = nsg_hook_at(i)); i++)
		sum += nsg_hook_inside(hook, phase);
	return sum;
}

static void name_hooks(unsigned int phase)
{
	struct nsg_hook *hook;
	unsigned int i;
	long count;

	for (i = 0; (hook = nsg_hook_at(i)); i++) {
		count = nsg_hook_inside(hook, phase);
		if (count)
			nsg_err("can't leave yet: %ld tasks are in %s\n", count,
				hook->names[0]);
	}
}

#define BATCH 32

/* Those of containers, while they can be found. */
static void name_tasks(void)
{
	struct task_struct *tasks[BATCH];
	unsigned int bucket = 0, i, n;
	char comm[TASK_COMM_LEN];
	struct nsg_record *rec;

	while (bucket < NSG_RECORD_BUCKETS) {
		n = nsg_record_tasks(tasks, BATCH, &bucket);
		for (i = 0; i < n; i++) {
			rec = nsg_record_of(tasks[i]);
			get_task_comm(comm, tasks[i]);
			if (rec && (test_bit(NSG_REC_EXEC, &rec->flags) ||
				    test_bit(NSG_REC_UNSHARE, &rec->flags)))
				nsg_err("one may be pid=%d comm=%*pE\n",
					task_pid_nr(tasks[i]),
					(int)strlen(comm), comm);
			put_task_struct(tasks[i]);
		}
		cond_resched();
	}
}

/* Until nobody is inside who was counted in this phase, which is over. */
static int wait_inside(unsigned int phase, unsigned long end)
{
	int err = 0;

	while (!err && inside(phase))
		err = nsg_wait_a_little(end);
	return err;
}

/**
 * nsg_leave_try - could it be left now?
 *
 * Whoever is inside comes out, and so does who hardly ever runs: within the
 * deadline, while everything is guarded.
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0, -EBUSY, -EINTR.
 */
int nsg_leave_try(void)
{
	unsigned long end = jiffies + NSG_DEADLINE;
	unsigned int phase = !nsg_hook_phase;
	int err = wait_inside(phase, end);

	if (!err) {
		phase = nsg_hooks_turn();
		/* Who read the phase before, and is not counted yet, is now. */
		err = nsg_wait_tasks(end);
		if (err == -EBUSY)
			nsg_err("can't leave: a task that is ready to run has not run for ten seconds\n");
	}
	err = err ?: wait_inside(phase, end);
	if (!err)
		return 0;
	name_hooks(phase);
	if (inside(phase))
		name_tasks();
	nsg_err("nothing was taken off; write 1 to retire to try again\n");
	return err;
}

/* Each of the four registrations takes a grace period to go. */
#define HOOKS_DEADLINE (4 * NSG_DEADLINE)

static void take_hooks_off(struct work_struct *work);

static DECLARE_WORK(off_work, take_hooks_off);
static DECLARE_COMPLETION(off_done);
/*
 * Tasks can be found by their records; hooks are being taken off; what came of it.
 * Under main.c's lock, but the last, which @off_done hands over.
 */
static bool findable = true, going_off;
static int off_error;

/* In a worker: unregistering waits for who is ready to run, and can't be ended. */
static void take_hooks_off(struct work_struct *work)
{
	off_error = nsg_guards_unregister() ?: nsg_wrappers_unregister();
	complete(&off_done);
}

static int wait_for_hooks(unsigned long end)
{
	long left = max_t(long, end - jiffies, 1);

	if (!going_off) {
		reinit_completion(&off_done);
		going_off = queue_work(system_unbound_wq, &off_work);
	}
	left = wait_for_completion_killable_timeout(&off_done, left);
	if (left < 0)
		return -EINTR;
	if (!left)
		return -EBUSY;
	going_off = false;
	return off_error;
}

/*
 * Wait until nobody is inside the module's text.  First those that have left the
 * patched function but not reached nsg_hook_enter(): they are awake and merely
 * preempted, an RCU-tasks grace period waits for them; taking a hook off has
 * waited for those in idle tasks (ftrace_shutdown()).  Then those that sleep in
 * an original, counted; then again those between nsg_hook_leave() and their return.
 */
static int drain(unsigned long end)
{
	int err = nsg_wait_tasks(end) ?: wait_inside(0, end) ?:
		  wait_inside(1, end);

	if (err) {
		name_hooks(0);
		name_hooks(1);
	}
	return err ?: nsg_wait_tasks(end);
}

/**
 * nsg_leave - take every hook off and free what is tracked
 *
 * nsg_config_leave() has succeeded.
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0; -EBUSY if a task stays inside or does not run, -EINTR, or ftrace's
 *	error: then the module's text has to stay, and it can be tried again.
 */
int nsg_leave(void)
{
	int err;

	if (findable) {
		findable = false;
		nsg_sweep_stop();
		nsg_marks_off();
	}
	err = wait_for_hooks(jiffies + HOOKS_DEADLINE) ?:
	      drain(jiffies + NSG_DEADLINE);
	if (err) {
		nsg_err("can't leave (%d): nothing is guarded; write 1 to retire to try again\n",
			err);
		return err;
	}
	/* Children got their parent's mark while it was being taken off. */
	nsg_marks_off();
	nsg_record_release_all();
	nsg_event_flush();
	return 0;
}
