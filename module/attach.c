// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/rcupdate.h>
#include <linux/trace_events.h>

#include "attach.h"
#include "grace.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

/*
 * Before it loads and once it leaves, nobody may.  Written by who loads or leaves, one at
 * a time (main.c's life_lock), read by who attaches.
 */
static bool allowed;

static bool attaches(enum trace_reg type)
{
#ifdef CONFIG_PERF_EVENTS
	if (type == TRACE_REG_PERF_REGISTER)
		return true;
#endif
	return type == TRACE_REG_REGISTER;
}

/* By a perf event, a trigger that turns it on, or for the trace buffer. */
static int reg_alert(struct trace_event_call *event, enum trace_reg type,
		     void *data)
{
	if (attaches(type) && !READ_ONCE(allowed))
		return -ESHUTDOWN;
	return trace_event_reg(event, type, data);
}

#ifdef CONFIG_PERF_EVENTS
/* Merely to count is everybody's where kernel.perf_event_paranoid is below 3. */
static int perf_perm_alert(struct trace_event_call *event,
			   struct perf_event *perf_event)
{
	return perfmon_capable() ? 0 : -EACCES;
}

static void __init ask_perf(void)
{
	event_alert.perf_perm = perf_perm_alert;
}
#else
static void __init ask_perf(void)
{
}
#endif

#ifdef CONFIG_BPF_EVENTS
/*
 * How many raw tracepoints the module has while it hides them, 0 while it does not.  As
 * @allowed, and by the module's exit function.
 */
static unsigned int hidden;

static void hide_from_bpf(void)
{
	if (hidden)
		return;
	hidden = THIS_MODULE->num_bpf_raw_events;
	WRITE_ONCE(THIS_MODULE->num_bpf_raw_events, 0);
}

static void show_to_bpf(void)
{
	if (!hidden)
		return;
	WRITE_ONCE(THIS_MODULE->num_bpf_raw_events, hidden);
	hidden = 0;
}
#else
static void hide_from_bpf(void)
{
}

static void show_to_bpf(void)
{
}
#endif

/**
 * nsg_attach_init - be asked for each who attaches to the tracepoint
 *
 * From here on nobody may, until nsg_attach_allow().
 *
 * Context: process context.
 */
void __init nsg_attach_init(void)
{
	event_class_alert.reg = reg_alert;
	ask_perf();
	nsg_attach_forbid();
}

/**
 * nsg_attach_allow - whoever attaches may
 *
 * The module is loaded, or does not leave after all.
 *
 * Context: process context; one at a time.
 */
void nsg_attach_allow(void)
{
	event_alert.flags &= ~TRACE_EVENT_FL_IGNORE_ENABLE;
	show_to_bpf();
	WRITE_ONCE(allowed, true);
}

/**
 * nsg_attach_forbid - let nobody attach to the tracepoint any more
 *
 * Or the module could not be removed once it has left.  Who is attached already is
 * asked for after this.  Neither a BPF program for the raw tracepoint nor a probe on the
 * event comes by reg_alert(): the kernel finds the first by its number in the module,
 * and leaves out events with this flag for the second.
 *
 * Context: process context; one at a time.
 */
void nsg_attach_forbid(void)
{
	WRITE_ONCE(allowed, false);
	hide_from_bpf();
	event_alert.flags |= TRACE_EVENT_FL_IGNORE_ENABLE;
}

/**
 * nsg_attach_is_over - can the module be freed, since loading has failed?
 *
 * The kernel frees it then, whoever holds it; and others can take a reference from
 * before its init function is called, by its tracepoint or by a request.
 *
 * Context: process context, may sleep, at the end of the module's init function.
 * Return: true if nobody has one, nor can take one any more.
 */
bool __init nsg_attach_is_over(void)
{
	unsigned long end = jiffies + HZ;

	/*
	 * As the kernel is about to.  Who takes a reference looks at that with preemption
	 * off, and has it by then; since 6.12 there are some instructions in between.
	 */
	WRITE_ONCE(THIS_MODULE->state, MODULE_STATE_GOING);
	synchronize_rcu();
	/* One is the loader's. */
	while (module_refcount(THIS_MODULE) > 1) {
		if (nsg_wait_a_little(end)) {
			WRITE_ONCE(THIS_MODULE->state, MODULE_STATE_COMING);
			/* A trigger that is not found can't be taken back. */
			event_alert.flags &= ~TRACE_EVENT_FL_IGNORE_ENABLE;
			return false;
		}
	}
	return true;
}

/**
 * nsg_attach_exit - undo nsg_attach_forbid()
 *
 * The kernel forgets the module's raw tracepoints, once its exit function has run or its
 * init function has failed, where it sees that there are any.
 *
 * Context: process context.
 */
void nsg_attach_exit(void)
{
	show_to_bpf();
}
