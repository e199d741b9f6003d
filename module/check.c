// SPDX-License-Identifier: GPL-2.0
#include "check.h"
#include "rule.h"

atomic_t nsg_rearming;

/* What the kernel only ever raises needs no hook: the record catches up here. */
static void follow_rest(struct nsg_record *rec)
{
	struct task_struct *task = rec->task;

	rec->seccomp_mode = task->seccomp.mode;
	rec->seccomp_filters = atomic_read(&task->seccomp.filter_count);
	rec->seccomp_filter = task->seccomp.filter;
	rec->no_new_privs = task_no_new_privs(task);
}

/**
 * nsg_check - compare current with its record, with what locks that takes
 * @rec: current's live record
 * @look: NSG_LOOK_*
 * @site: where; NSG_LOOK_REST must not be asked for if the siglock may be held
 *
 * Within unshare() and exec() the namespaces may be ahead of the record, and
 * within the former the root; they are compared when these end.
 *
 * Context: see nsg_subject_compare() and nsg_respond().
 * Return: true if the operation is to be refused.
 */
bool nsg_check(struct nsg_record *rec, unsigned int look,
	       const struct nsg_site *site)
{
	struct nsg_incident incident;

	WARN_ON_ONCE(rec->task != current);
	if (test_bit(NSG_REC_EXEC, &rec->flags))
		look &= ~NSG_LOOK_NS;
	if (test_bit(NSG_REC_UNSHARE, &rec->flags))
		look &= ~(NSG_LOOK_NS | NSG_LOOK_ROOT);
	if (atomic_read(&nsg_rearming))
		look &= ~NSG_LOOK_MARK;

	incident.site = site;
	incident.target = 0;
	incident.diff = nsg_subject_compare(&incident.want, &incident.have, rec,
					    look);
	if (!incident.diff) {
		if (look & NSG_LOOK_REST)
			follow_rest(rec);
		return false;
	}
	incident.rule = nsg_rule_of_diff(incident.diff);
	return nsg_respond(rec, &incident);
}
