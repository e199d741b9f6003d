// SPDX-License-Identifier: GPL-2.0
/*
 * Leaving: everything that loading has done is undone, but for what
 * module_exit() frees.
 *
 * It is an operation that can fail, and be tried again, which module_exit() is
 * not.  The order is what makes it safe:
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
 *  4. Nobody is left inside.  A task may sleep in a function that it called
 *     through a wrapper for as long as it likes (in an exec from a FUSE that does
 *     not answer), so there is a deadline, at which leaving fails.  All hooks are
 *     off then, and it goes on from here when it is tried again.
 *  5. The records give back what they own, the reports are sent.
 */
#include <linux/jiffies.h>
#include <linux/rcupdate.h>
#include <linux/rcupdate_wait.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>

#include "config.h"
#include "event.h"
#include "guards.h"
#include "hook_table.h"
#include "leave.h"
#include "log.h"
#include "mark.h"
#include "record.h"
#include "sweep.h"

/* How long those that are inside have to come out. */
#define DEADLINE (10 * HZ)

/* Tasks can be found by their records; under main.c's lock. */
static bool findable = true;

static int take_hooks_off(void)
{
	int err;

	if (findable) {
		findable = false;
		nsg_sweep_stop();
		nsg_marks_off();
	}
	err = nsg_guards_unregister() ?: nsg_wrappers_unregister();
	if (err)
		nsg_err("can't leave (%d): nothing is guarded; write 1 to retire to try again\n",
			err);
	return err;
}

static bool somebody_is_inside(void)
{
	struct nsg_hook *hook;
	unsigned int i;

	for (i = 0; (hook = nsg_hook_at(i)); i++)
		if (nsg_hook_inside(hook))
			return true;
	return false;
}

static void name_who_is_inside(void)
{
	struct nsg_hook *hook;
	unsigned int i;
	long inside;

	for (i = 0; (hook = nsg_hook_at(i)); i++) {
		inside = nsg_hook_inside(hook);
		if (inside)
			nsg_err("can't leave yet: %ld tasks are in %s; write 1 to retire to try again\n",
				inside, hook->names[0]);
	}
}

/*
 * Wait until nobody is inside the module's text.  First those that have left the
 * patched function but not reached nsg_hook_enter(): they are awake and merely
 * preempted, an RCU-tasks grace period waits for them; taking a hook off has
 * waited for those in idle tasks (ftrace_shutdown()).  Then those that sleep in
 * an original, counted; then again those between nsg_hook_leave() and their return.
 */
static int drain(void)
{
	unsigned long end = jiffies + DEADLINE;

	synchronize_rcu_tasks();
	while (somebody_is_inside()) {
		if (time_after(jiffies, end)) {
			name_who_is_inside();
			return -EBUSY;
		}
		schedule_timeout_killable(HZ / 50);
		if (fatal_signal_pending(current))
			return -EINTR;
	}
	synchronize_rcu_tasks();
	return 0;
}

/**
 * nsg_leave - take every hook off and free what is tracked
 *
 * nsg_config_leave() has succeeded.
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0; -EBUSY if a task stays inside, -EINTR, or ftrace's error: then the
 *	module's text has to stay, and it can be tried again.
 */
int nsg_leave(void)
{
	int err = take_hooks_off() ?: drain();

	if (err)
		return err;
	/* Children got their parent's mark while it was being taken off. */
	nsg_marks_off();
	nsg_record_release_all();
	nsg_event_flush();
	return 0;
}
