// SPDX-License-Identifier: GPL-2.0
#include <linux/module.h>
#include <linux/trace_events.h>

#include "attach.h"
#include "config.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

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
	if (attaches(type) && nsg_state() >= NSGUARD_STATE_LEAVING)
		return -ESHUTDOWN;
	return trace_event_reg(event, type, data);
}

/**
 * nsg_attach_init - be asked for each who attaches to the tracepoint
 *
 * Context: process context.
 */
void __init nsg_attach_init(void)
{
	event_class_alert.reg = reg_alert;
}

#ifdef CONFIG_BPF_EVENTS
/*
 * How many raw tracepoints the module has while it hides them, 0 while it does not.
 * Written by who leaves, and by who ends what loading has begun.
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
	if (hidden)
		WRITE_ONCE(THIS_MODULE->num_bpf_raw_events, hidden);
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
 * nsg_attach_forbid - let nobody attach to the tracepoint any more
 *
 * Or the module could not be removed once it has left.  Who is attached already was
 * asked for before.  A BPF program for the raw tracepoint does not come by reg_alert();
 * the kernel finds it by its number in the module alone.
 *
 * Context: process context; the state is leaving, one at a time.
 */
void nsg_attach_forbid(void)
{
	hide_from_bpf();
}

/**
 * nsg_attach_exit - undo nsg_attach_forbid()
 *
 * The kernel forgets the module's raw tracepoints, once its exit function has run,
 * where it sees that there are any.
 *
 * Context: process context.
 */
void nsg_attach_exit(void)
{
	show_to_bpf();
}
