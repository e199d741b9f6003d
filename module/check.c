// SPDX-License-Identifier: GPL-2.0
#include "check.h"
#include "rule.h"

/**
 * nsg_look_now - what of a task can be compared at this moment
 * @rec: its record
 * @look: NSG_LOOK_*
 *
 * Within unshare() and exec() the namespaces may be ahead of the record, and
 * within the former the root; they are compared when these end.
 *
 * Context: any.
 */
unsigned int nsg_look_now(const struct nsg_record *rec, unsigned int look)
{
	if (test_bit(NSG_REC_EXEC, &rec->flags))
		look &= ~NSG_LOOK_NS;
	if (test_bit(NSG_REC_UNSHARE, &rec->flags))
		look &= ~(NSG_LOOK_NS | NSG_LOOK_ROOT);
	return look;
}

/**
 * nsg_check - compare current with its record, with what locks that takes
 * @rec: current's live record
 * @look: NSG_LOOK_*
 * @site: where; NSG_LOOK_REST must not be asked for if the siglock may be held
 *
 * Context: see nsg_subject_compare() and nsg_respond().
 * Return: true if the operation is to be refused.
 */
bool nsg_check(struct nsg_record *rec, unsigned int look,
	       const struct nsg_site *site)
{
	struct nsg_incident incident;

	WARN_ON_ONCE(rec->task != current);
	look = nsg_look_now(rec, look);
	incident.site = site;
	incident.target = 0;
	incident.diff = nsg_subject_compare(&incident.want, &incident.have, rec,
					    look);
	if (!incident.diff) {
		if (look & NSG_LOOK_REST)
			nsg_record_follow_rest(rec);
		/* It was taken off all tasks. */
		if (!nsg_marked(current))
			nsg_mark(rec);
		return false;
	}
	incident.rule = nsg_rule_of_diff(incident.diff);
	return nsg_respond(rec, &incident);
}
