/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Response: refuse, repair, kill; and have it told.
 */
#ifndef _NSG_RESPONSE_H
#define _NSG_RESPONSE_H

#include "rule.h"

struct nsg_record;

/**
 * struct nsg_site - where a check stands
 * @layer: NSGUARD_LAYER_*, or 0 for the exit of a task
 * @hook: kernel function, NULL for the sweep
 * @atomic: the caller may hold spinlocks: report and kill on the way back to
 *	user mode
 */
struct nsg_site {
	u32 layer;
	const char *hook;
	bool atomic;
};

/**
 * struct nsg_request - a violation that wants an answer
 * @rec: record of the offender: current's, or one whose task the caller holds
 * @site: where it was seen
 * @rule: what it breaks
 * @diff: fields which differ
 * @want: fields of the record
 * @have: fields found, or asked for at a transition
 */
struct nsg_request {
	struct nsg_record *rec;
	const struct nsg_site *site;
	enum nsg_rule rule;
	u64 diff;
	const struct nsg_subject *want;
	const struct nsg_subject *have;
};

bool nsg_respond(const struct nsg_request *req);

#endif /* _NSG_RESPONSE_H */
