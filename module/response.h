/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Response: refuse, repair, kill; and have it told.
 */
#ifndef _NSG_RESPONSE_H
#define _NSG_RESPONSE_H

#include "rule.h"
#include <uapi/linux/nsguard.h>

struct nsg_record;

/**
 * struct nsg_site - where a check stands
 * @layer: NSGUARD_LAYER_*, or 0 for the exit of a task and for adoption
 * @hook: kernel function, NULL for the sweep
 * @locked: the kernel calls this with locks held, mutexes among them: nothing
 *	may be done there that waits for one, even where the context may sleep
 */
struct nsg_site {
	u32 layer;
	const char *hook;
	bool locked;
};

/**
 * enum nsg_verdict - what is done about an incident
 */
enum nsg_verdict {
	NSG_ALLOW,
	NSG_AUDIT,
	NSG_DENY,	/* refuse and repair: a kill in a storm (storm.h) */
	NSG_KILL,
};

/**
 * struct nsg_incident - a violation: first a question, then what is reported
 * @site: where it was seen
 * @rule: what was broken
 * @verdict: set by nsg_respond()
 * @mode: at the time; set by nsg_respond()
 * @storm: set by nsg_respond(): with this one killing was suspended
 * @target: another task that was meant, in the initial pid namespace; 0 if none
 * @diff: fields which differ
 * @want: fields of the record
 * @have: fields found, or asked for at a transition; of those in @diff
 *
 * Nearly a kilobyte: one on a stack, handed on by reference.
 */
struct nsg_incident {
	const struct nsg_site *site;
	enum nsg_rule rule;
	enum nsg_verdict verdict;
	enum nsguard_mode mode;
	bool storm;
	pid_t target;
	u64 diff;
	struct nsg_subject want;
	struct nsg_subject have;
};

bool nsg_respond(struct nsg_record *rec, struct nsg_incident *incident);

#endif /* _NSG_RESPONSE_H */
