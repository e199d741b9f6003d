/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Event: what is told of an incident, to netlink, the log and tracers.
 */
#ifndef _NSG_EVENT_H
#define _NSG_EVENT_H

#include "rule.h"
#include <uapi/linux/nsguard.h>

struct nsg_origin;
struct task_struct;

enum nsg_verdict {
	NSG_ALLOW,
	NSG_AUDIT,
	NSG_KILL,
};

/**
 * struct nsg_incident - an incident as plain data
 * @rule: what was broken
 * @verdict: what was done
 * @mode: at the time
 * @layer: see struct nsg_site
 * @hook: see struct nsg_site
 * @diff: fields which differ
 * @want: fields of the record
 * @have: fields found
 */
struct nsg_incident {
	enum nsg_rule rule;
	enum nsg_verdict verdict;
	enum nsguard_mode mode;
	u32 layer;
	const char *hook;
	u64 diff;
	struct nsg_subject want;
	struct nsg_subject have;
};

int nsg_event_init(void);
void nsg_event_report(const struct nsg_incident *incident,
		      struct task_struct *task, struct nsg_origin *origin);

#endif /* _NSG_EVENT_H */
