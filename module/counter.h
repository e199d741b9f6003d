/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Counters of what happens off the hot paths; nothing is lost silently.
 */
#ifndef _NSG_COUNTER_H
#define _NSG_COUNTER_H

#include <linux/atomic.h>

enum nsg_counter {
	NSG_C_EVENTS,		/* incidents */
	NSG_C_EVENTS_LOST,	/* incidents and changes that could not be sent */
	NSG_C_EVENTS_SUPPRESSED, /* incidents beyond a container's quota */
	NSG_C_KILLS,
	NSG_C_DENIED,		/* operations refused */
	NSG_C_STORMS,		/* times that killing was suspended */
	NSG_C_REPAIRS,		/* tasks put back from their record */
	NSG_C_SWEEPS,		/* complete rounds */
	NSG_C_SWEEP_SKIPPED,	/* tasks left for the next round */
	NSG_C_REARMED,		/* marks set again after tracing cleared them */
	NSG_C_LEAKED_CREDS,	/* refused credentials, left alone */
	NSG_C_LEAKED_NSPROXIES,	/* refused nsproxies, left alone */
	NSG_C_ALLOC_FAILURES,
	NSG_C_LINEAGE_FULL,	/* namespaces not remembered */
	NSG_C_NESTING_FULL,	/* nested containers taken for their outer one */
	NSG_C_ADOPTION_INCOMPLETE, /* times that tasks may have been missed at the load */
	NSG_C_COUNT,
};

extern atomic64_t nsg_counters[NSG_C_COUNT];

static inline void nsg_count(enum nsg_counter c)
{
	atomic64_inc(&nsg_counters[c]);
}

const char *nsg_counter_name(enum nsg_counter c);

#endif /* _NSG_COUNTER_H */
