// SPDX-License-Identifier: GPL-2.0
/*
 * Measures the stretches of nsguard's own work, for throw-away guests of one
 * processor under icount, where the time stamp counter counts instructions.
 *
 * The module that is measured is a build of its own: instrument.h stands before
 * each of its files, and the compiler calls __cyg_profile_func_enter() and
 * __cyg_profile_func_exit() in each function (-finstrument-functions), but for
 * those that the kernel calls inline.  A stretch with preemption off begins where
 * the module switches it off, or where one of its functions is entered and it is
 * off already (softirq, RCU's and irq_work's callbacks, a lock of the kernel's),
 * and ends there again.
 *
 * The error is to the safe side: what the instruments themselves execute is in the
 * figures, and so is what a function of the kernel's does within a stretch, but for
 * freeing an object: now and then the page allocator gives back some thousand pages
 * at once, whoever comes by with one more.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/cpumask.h>
#include <linux/debugfs.h>
#include <linux/hardirq.h>
#include <linux/interrupt.h>
#include <linux/module.h>
#include <linux/preempt.h>
#include <linux/sched.h>
#include <linux/tracepoint.h>
#include <linux/uaccess.h>
#include <asm/tsc.h>

#include "stall.h"
#include "table.h"

/**
 * struct span - since when
 * @start: time stamp counter
 * @stolen: by interrupts until then
 */
struct span {
	u64 start, stolen;
};

/**
 * struct off - the stretch with preemption off that is under way
 * @depth: switched off so often, functions that were entered then included
 * @key: where it began
 * @line: the same
 * @span: since when
 */
struct off {
	unsigned int depth;
	const void *key;
	int line;
	struct span span;
};

/**
 * struct level - a task's level, or that of an interrupt on top of another
 * @since: when it began
 * @stolen: instructions of the next level, all in all
 * @off: its stretch
 *
 * Interrupts are nobody's fault: what they take is not the stretch's in which
 * they come, and what the module does in them is a stretch of its own.
 */
static struct level {
	u64 since, stolen;
	struct off off;
} levels[16], *level = levels;

/**
 * struct run - what a task does in the module, in process context
 * @task: only compared; NULL if none is inside, another if this one slept
 * @depth: functions that it has entered
 * @place: the first of them
 * @stretch: since when it has not given way
 * @whole: since when it is inside, later by as much as it was off the processor
 * @away: since when it is
 */
static struct run {
	const struct task_struct *task;
	unsigned int depth;
	struct stall_place *place;
	struct span stretch, whole, away;
} run;

/* Both at one moment: an interrupt may come between the two. */
static notrace struct span stamp(void)
{
	struct span span;

	do {
		span.stolen = READ_ONCE(level->stolen);
		span.start = rdtsc_ordered();
	} while (span.stolen != READ_ONCE(level->stolen));
	return span;
}

static notrace void note(const struct span *since, const struct span *now,
			 struct stall_place *place, enum stall_kind kind)
{
	u64 stolen = now->stolen - since->stolen;

	stall_note(place, kind, now->start - since->start - stolen, stolen);
}

static notrace void off_begin(const void *key, int line)
{
	struct off *off = &level->off;

	if (off->depth++)
		return;
	off->key = key;
	off->line = line;
	off->span = stamp();
}

static notrace void off_end(void)
{
	struct span now = stamp();
	struct off *off = &level->off;

	if (!--off->depth)
		note(&off->span, &now, stall_place(off->key, off->line),
		     STALL_OFF);
}

void nsg_stall_off(const char *function, int line)
{
	off_begin(function, line);
}
EXPORT_SYMBOL_GPL(nsg_stall_off);

void nsg_stall_on(void)
{
	off_end();
}
EXPORT_SYMBOL_GPL(nsg_stall_on);

static notrace void run_begin(void *function)
{
	struct stall_place *place;

	if (run.task == current) {
		run.depth++;
		return;
	}
	place = stall_place(function, 0);
	/* What it calls is judged by itself. */
	if (!place || place->wraps)
		return;
	run.depth = 1;
	run.place = place;
	run.whole = stamp();
	run.stretch = run.whole;
	barrier(); /* an interrupt may end what another task has begun */
	run.task = current;
}

static notrace void run_end(void)
{
	struct span now = stamp();

	if (run.task != current || --run.depth)
		return;
	note(&run.stretch, &now, run.place, STALL_STRETCH);
	note(&run.whole, &now, run.place, STALL_WHOLE);
	run.task = NULL;
}

void nsg_stall_resched(void)
{
	struct span now = stamp();

	if (run.task != current || level != levels)
		return;
	note(&run.stretch, &now, run.place, STALL_STRETCH);
	run.stretch = stamp();
}
EXPORT_SYMBOL_GPL(nsg_stall_resched);

static notrace void switched(void *data, bool preempt, struct task_struct *prev,
			     struct task_struct *next, unsigned int prev_state)
{
	struct span now = stamp();

	if (prev == run.task) {
		note(&run.stretch, &now, run.place, STALL_STRETCH);
		run.away = now;
	} else if (next == run.task) {
		run.whole.start += now.start - run.away.start;
		run.whole.stolen += now.stolen - run.away.stolen;
		run.stretch = now;
	}
}

notrace void __cyg_profile_func_enter(void *function, void *caller)
{
	if (level->off.depth || !preemptible())
		off_begin(function, 0);
	else
		run_begin(function);
}
EXPORT_SYMBOL_GPL(__cyg_profile_func_enter);

notrace void __cyg_profile_func_exit(void *function, void *caller)
{
	if (level->off.depth)
		off_end();
	else
		run_end();
}
EXPORT_SYMBOL_GPL(__cyg_profile_func_exit);

static notrace void interrupt_begins(void)
{
	if (WARN_ON_ONCE(level == &levels[ARRAY_SIZE(levels) - 1]))
		return;
	level++;
	level->off.depth = 0;
	level->since = rdtsc_ordered();
}

static notrace void interrupt_ends(void)
{
	u64 spent = rdtsc_ordered() - level->since;

	/* The first one may have begun before anybody listened. */
	if (level == levels)
		return;
	level--;
	level->stolen += spent;
}

bool nsg_stall_leave(void)
{
	bool off = !preemptible();

	if (off)
		interrupt_begins();
	return off;
}
EXPORT_SYMBOL_GPL(nsg_stall_leave);

void nsg_stall_return(bool off)
{
	if (off)
		interrupt_ends();
}
EXPORT_SYMBOL_GPL(nsg_stall_return);

/* The tracepoints pass more, which nobody needs. */
static notrace void begins(void *data, unsigned int number)
{
	interrupt_begins();
}

static notrace void ends(void *data, unsigned int number)
{
	interrupt_ends();
}

static notrace void handler_begins(void *data, int irq,
				   struct irqaction *action)
{
	interrupt_begins();
}

static notrace void handler_ends(void *data, int irq, struct irqaction *action,
				 int ret)
{
	interrupt_ends();
}

static struct probe {
	const char *name;
	void *fn;
	struct tracepoint *tp;
} probes[] = {
	{ .name = "local_timer_exit", .fn = ends },
	{ .name = "local_timer_entry", .fn = begins },
	{ .name = "irq_work_exit", .fn = ends },
	{ .name = "irq_work_entry", .fn = begins },
	{ .name = "softirq_exit", .fn = ends },
	{ .name = "softirq_entry", .fn = begins },
	{ .name = "irq_handler_exit", .fn = handler_ends },
	{ .name = "irq_handler_entry", .fn = handler_begins },
	{ .name = "sched_switch", .fn = switched },
};

static void find(struct tracepoint *tp, void *unused)
{
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(probes); i++)
		if (!strcmp(tp->name, probes[i].name))
			probes[i].tp = tp;
}

/* Each end before its beginning, so that none is missed. */
static int listen(void)
{
	unsigned int i;
	int err = 0;

	for_each_kernel_tracepoint(find, NULL);
	for (i = 0; i < ARRAY_SIZE(probes) && !err; i++)
		err = probes[i].tp ?
		      tracepoint_probe_register(probes[i].tp, probes[i].fn,
						NULL) : -ENOENT;
	return err;
}

static int show(struct seq_file *seq, void *unused)
{
	stall_show(seq);
	return 0;
}

static int open(struct inode *inode, struct file *file)
{
	return single_open(file, show, NULL);
}

static ssize_t clear(struct file *file, const char __user *buffer, size_t count,
		     loff_t *position)
{
	stall_clear();
	return count;
}

static const struct file_operations operations = {
	.owner = THIS_MODULE,
	.open = open,
	.read = seq_read,
	.write = clear,
	.llseek = seq_lseek,
	.release = single_release,
};

/* There is no way back: the guest is thrown away. */
static int __init stall_init(void)
{
	int err;

	if (num_online_cpus() != 1) {
		pr_err("for one processor alone\n");
		return -EINVAL;
	}
	__module_get(THIS_MODULE);
	err = listen();
	if (err)
		pr_err("the tracepoints are not what they were (%d)\n", err);
	debugfs_create_file("nsguard_stall", 0600, NULL, NULL, &operations);
	return 0;
}

module_init(stall_init);
MODULE_DESCRIPTION("nsguard: stretches of its own work (throw-away guests only)");
MODULE_LICENSE("GPL");
