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
 * takes.  So it is tried before anything is taken off (nsg_leave_begin()), and in the
 * end the door is closed (door.h): who stands in the way does not choose when the
 * host is unguarded, nor does who finds out that it is about to be.  The order of what
 * follows is what makes it safe:
 *
 *  1. nsg_config.state is LEAVING.  Nothing is judged any more (nsg_mode()), so
 *     that no transition which a hook that is gone does not follow is taken for a
 *     violation by one that still stands; nothing becomes tracked any more; no
 *     setting can be changed.
 *  2. The sweep ends, while tasks can still be found by their records.  The wrappers
 *     are bypassed, so that nobody comes into one any more; who waits at the door is
 *     sent back.  The marks go.
 *  3. The hooks go, in any order.  What is left of the order is in the records: a
 *     task that exits without exit_fs() hooked leaves a LIVE record behind, which
 *     security_task_free() puts aside; one that is freed unhooked leaves its
 *     record in the table, which nobody looks into any more.
 *  4. Nobody is left inside.
 *  5. The records give back what they own, the reports are sent.
 *  6. The netlink family, which still tells the state, can be withdrawn (listen.c).
 *
 * 3, 4 and 6 have a deadline each, at which leaving fails.  It goes on from there when it
 * is tried again; what has been begun is done by a worker meanwhile (errand.h).
 */
#include <linux/jiffies.h>
#include <linux/module.h>

#include "attach.h"
#include "config.h"
#include "door.h"
#include "errand.h"
#include "event.h"
#include "grace.h"
#include "guards.h"
#include "hook_table.h"
#include "leave.h"
#include "listen.h"
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

/* Until nobody is inside who was counted in this phase, which is over. */
static int wait_inside(unsigned int phase, unsigned long end)
{
	int err = 0;

	while (!err && inside(phase))
		err = nsg_wait_a_little(end);
	return err;
}

/*
 * What is taken off would stay off: neither could this module go, nor another take
 * its place.  One reference is our own.  A request has one until it is answered.
 */
static int check_holders(unsigned long end)
{
	int holders, err = 0;

	while ((holders = module_refcount(THIS_MODULE) - 1) > 0 && !err)
		err = nsg_wait_a_little(end);
	if (holders <= 0)
		return 0;
	if (err == -EBUSY)
		nsg_err("can't leave: %d others hold the module (perf, BPF or a trigger on nsguard:alert, or a request whose answer is not read)\n",
			holders);
	return err;
}

/* Whoever is inside comes out, and so does who hardly ever runs. */
static int try_inside(unsigned long end)
{
	unsigned int phase = !nsg_hook_phase;
	int err = wait_inside(phase, end);

	if (!err) {
		phase = nsg_hooks_turn();
		/* Who read the phase before, and is not counted yet, is now. */
		err = nsg_wait_tasks(end);
	}
	err = err ?: wait_inside(phase, end);
	if (!err)
		return 0;
	name_hooks(phase);
	nsg_door_name();
	return err;
}

/**
 * nsg_leave_begin - leave, if that is possible now
 *
 * What could keep it from coming to an end does so while everything is guarded.
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0 for nsg_leave() to go on; -EBUSY, -EINTR, -ENOMEM, or why the
 *	configuration does not let it: then the module guards on.
 */
int nsg_leave_begin(void)
{
	int err = check_holders(jiffies + HZ) ?:
		  try_inside(jiffies + NSG_DEADLINE) ?:
		  nsg_listen_may_stop(jiffies + NSG_DEADLINE) ?:
		  nsg_door_close(jiffies + NSG_DOOR_DEADLINE);

	if (!err) {
		/* Who sees by the door what is about to happen is too late. */
		nsg_attach_forbid();
		err = check_holders(jiffies) ?: nsg_config_leave();
		if (err) {
			nsg_attach_allow();
			nsg_door_open();
		}
	}
	if (err)
		nsg_err("it guards on (%d); write 1 to retire to try again\n", err);
	return err;
}

/* Each of the four registrations takes a grace period to go. */
#define HOOKS_DEADLINE (4 * NSG_DEADLINE)

static int take_hooks_off(void)
{
	return nsg_guards_unregister() ?: nsg_wrappers_unregister();
}

/* Unregistering waits for who is ready to run.  Under main.c's lock. */
static NSG_ERRAND(hooks_off, take_hooks_off);

static int wait_for_hooks(unsigned long end)
{
	int err = nsg_errand_run(&hooks_off, end);

	if (hooks_off.under_way && err == -EBUSY)
		nsg_name_starved();
	return err;
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
	int err = nsg_wait_tasks(jiffies + NSG_DEADLINE) ?:
		  wait_inside(0, jiffies + NSG_DEADLINE) ?:
		  wait_inside(1, jiffies + NSG_DEADLINE);

	if (err) {
		name_hooks(0);
		name_hooks(1);
		nsg_door_name();
	}
	return err ?: nsg_wait_tasks(jiffies + NSG_DEADLINE);
}

/* While tasks can be found by their records. */
static void bypass(void)
{
	if (nsg_wrappers_bypassed())
		return;
	nsg_sweep_stop();
	nsg_wrappers_bypass();
	nsg_door_open();
	/* Grace periods end sooner where calls take less time. */
	nsg_marks_off();
}

/**
 * nsg_leave - take every hook off and free what is tracked
 *
 * The state is leaving.
 *
 * Context: process context, may sleep; one at a time.
 * Return: 0; -EBUSY if a task stays inside or does not run, or the family can't go,
 *	-EINTR, -ENOMEM, or ftrace's error: then the module's text has to stay, and it
 *	can be tried again.
 */
int nsg_leave(void)
{
	int err;

	bypass();
	err = wait_for_hooks(jiffies + HOOKS_DEADLINE) ?:
	      drain();
	if (!err) {
		nsg_sweep_stop();
		/* Children got their parent's mark while it was being taken off. */
		nsg_marks_off();
		nsg_record_release_all();
		nsg_event_flush();
		nsg_log_flush();
		/* What module_exit() would wait for. */
		err = nsg_listen_may_stop(jiffies + NSG_DEADLINE);
	}
	if (err)
		nsg_err("can't leave (%d): nothing is guarded; write 1 to retire to try again\n",
			err);
	return err;
}
