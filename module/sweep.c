// SPDX-License-Identifier: GPL-2.0
/*
 * The sweep finds what neither makes a system call nor reaches a point of use:
 * a tampered task that idles while something on the host takes it for what it
 * looks like.  It only looks at others, so it can't judge the subjective
 * credential, which the kernel overrides while it works.
 */
#include <linux/irq_work.h>
#include <linux/jiffies.h>
#include <linux/ktime.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/workqueue.h>

#include "check.h"
#include "config.h"
#include "counter.h"
#include "hook_table.h"
#include "log.h"
#include "sweep.h"

/* A bucket holds a few; one with more is served in part, and counted. */
#define BATCH 32
/* So long at a time: a round over many tasks goes on a tick later. */
#define STRETCH_NS (500 * NSEC_PER_USEC)

static const struct nsg_site site = { .layer = NSGUARD_LAYER_SWEEP };

/* The caller holds the task no longer than until here. */
static void respond(struct nsg_record *rec, struct nsg_incident *incident)
{
	nsg_respond(rec, incident);
	irq_work_sync(&rec->kill);
}

/* Of who has not filled its record only the mark is known, which leads it there. */
static void check_pending(struct nsg_record *rec)
{
	struct nsg_incident incident = {
		.site = &site,
		.rule = NSG_RULE_MARK_CLEARED,
		.diff = NSG_F_BIT(MARK),
		.want.v[NSG_F_MARK] = 1,
	};
	bool cleared = nsg_mark_cleared(rec);

	if (!nsg_marked(rec->task))
		nsg_mark(rec);
	if (cleared)
		respond(rec, &incident);
}

static void check_other(struct nsg_record *rec)
{
	struct nsg_incident incident = { .site = &site };
	unsigned int look = NSG_LOOK_CRED | NSG_LOOK_NS | NSG_LOOK_ROOT |
			    NSG_LOOK_MARK;
	unsigned int generation;

	if (nsg_record_is(rec, NSG_REC_PENDING))
		check_pending(rec);
	if (!nsg_record_is(rec, NSG_REC_LIVE))
		return;
	if (!nsg_record_read_begin(rec, &generation)) {
		nsg_count(NSG_C_SWEEP_SKIPPED);
		return;
	}
	look = nsg_look_now(rec, look);
	/* What the record lets go of meanwhile is memory until here. */
	rcu_read_lock();
	task_lock(rec->task);
	incident.diff = nsg_subject_compare(&incident.want, &incident.have, rec,
					    look);
	task_unlock(rec->task);
	rcu_read_unlock();
	if (!nsg_marked(rec->task))
		nsg_mark(rec);
	if (!incident.diff || nsg_record_read_retry(rec, generation))
		return;
	incident.rule = nsg_rule_of_diff(incident.diff);
	/* Each time: what keeps it from dying may be the attacker's work, too. */
	respond(rec, &incident);
}

static void visit_some(struct task_struct **tasks, unsigned int count,
		       void (*fn)(struct nsg_record *rec))
{
	struct nsg_record *rec;
	unsigned int i;

	for (i = 0; i < count; i++) {
		rec = nsg_record_of(tasks[i]);
		if (rec)
			fn(rec);
		put_task_struct(tasks[i]);
	}
	cond_resched();
}

static void check_hooks(void)
{
	static bool reported;
	struct nsg_hook *hook;
	unsigned int i;

	for (i = 0; !reported && (hook = nsg_hook_at(i)); i++) {
		if (hook->live && nsg_hook_patched(hook))
			continue;
		nsg_err("the hook on %s is dead\n", hook->names[0]);
		reported = true;
	}
}

/* Where the round under way goes on; the worker's. */
static unsigned int next_bucket;

/* True if the round is complete. */
static bool sweep_stretch(void)
{
	u64 end = ktime_get_ns() + STRETCH_NS;
	struct task_struct *tasks[BATCH];
	unsigned int n;

	do {
		n = nsg_record_tasks(tasks, BATCH, &next_bucket);
		visit_some(tasks, n, check_other);
		if (ktime_get_ns() >= end)
			return false;
	} while (next_bucket < NSG_RECORD_BUCKETS);
	next_bucket = 0;
	check_hooks();
	nsg_count(NSG_C_SWEEPS);
	return true;
}

static void sweep(struct work_struct *work)
{
	bool complete = true;

	if (nsg_layer_active(NSGUARD_LAYER_SWEEP))
		complete = sweep_stretch();
	queue_delayed_work(system_unbound_wq, to_delayed_work(work), complete ?
			   msecs_to_jiffies(READ_ONCE(nsg_config.sweep_ms)) : 1);
}

static DECLARE_DELAYED_WORK(work, sweep);

static void rearm_one(struct nsg_record *rec)
{
	nsg_mark(rec);
}

static void rearm(struct work_struct *work)
{
	struct task_struct *tasks[BATCH];
	unsigned int bucket = 0, n;

	while (nsg_guarding() && bucket < NSG_RECORD_BUCKETS) {
		n = nsg_record_tasks(tasks, BATCH, &bucket);
		visit_some(tasks, n, rearm_one);
	}
	nsg_count(NSG_C_REARMED);
}

static DECLARE_WORK(rearm_work, rearm);

/**
 * nsg_sweep_rearm - have every tracked task marked again, soon
 *
 * By a worker: who has made that necessary may hardly ever run.
 *
 * Context: any.
 */
void nsg_sweep_rearm(void)
{
	queue_work(system_unbound_wq, &rearm_work);
}

/**
 * nsg_sweep_start - begin to sweep
 *
 * Context: any.
 */
void nsg_sweep_start(void)
{
	queue_delayed_work(system_unbound_wq, &work,
			   msecs_to_jiffies(READ_ONCE(nsg_config.sweep_ms)));
}

/**
 * nsg_sweep_stop - end it, wait for a round in progress and for who marks again
 *
 * The module is not guarding any more.  Tasks are found by their records: before the
 * hooks go; and once more when nobody is inside who could have asked to mark again.
 *
 * Context: process context, may sleep.
 */
void nsg_sweep_stop(void)
{
	cancel_delayed_work_sync(&work);
	cancel_work_sync(&rearm_work);
}
