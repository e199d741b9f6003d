// SPDX-License-Identifier: GPL-2.0
#include <linux/cred.h>
#include <linux/kmemleak.h>
#include <linux/user_namespace.h>

#include "check.h"
#include "config.h"
#include "context.h"
#include "counter.h"
#include "hook_cred.h"
#include "hook_table.h"
#include "host.h"
#include "lineage.h"
#include "log.h"
#include "origin.h"
#include "rule.h"
#include "userns.h"

static const struct nsg_site site = {
	.layer = NSGUARD_LAYER_TRANSITION,
	.hook = "commit_creds",
};

static u32 unmapped(const struct user_namespace *ns,
		    const struct nsg_subject *have)
{
	const u64 *id = &have->v[NSG_F_UID];
	u32 bits = 0;
	int i;

	for (i = 0; i < 8; i += 2) {
		if (!nsg_userns_maps_uid(ns, id[i]))
			bits |= BIT(i);
		if (!nsg_userns_maps_gid(ns, id[i + 1]))
			bits |= BIT(i + 1);
	}
	return bits;
}

/*
 * Where nothing may sleep the kernel commits no credential of another user
 * namespace: that takes a lock of a task that has just made or found it.
 */
static enum nsg_userns_rel relation(const struct nsg_record *rec,
				    const struct nsg_cred_copy *new)
{
	if (!new->user_ns)
		return NSG_USERNS_ELSEWHERE;
	if (new->user_ns != rec->copy.user_ns && !nsg_may_sleep())
		return NSG_USERNS_ELSEWHERE;
	return nsg_userns_relation(new->user_ns, rec->copy.user_ns);
}

/* What of the credential can't be; fills what was expected and what there is. */
static u64 judge(const struct nsg_record *rec, const struct nsg_cred_copy *new,
		 struct nsg_subject *want, struct nsg_subject *have)
{
	struct nsg_commit commit = {
		.old = want,
		.new = have,
		.rel = relation(rec, new),
		.exec = test_bit(NSG_REC_EXEC, &rec->flags),
	};

	nsg_subject_of_record(want, rec);
	*have = *want;
	nsg_subject_creds(have, new);
	if (commit.rel != NSG_USERNS_ELSEWHERE)
		commit.unmapped = unmapped(new->user_ns, have);
	return nsg_rule_commit(&commit);
}

/**
 * nsg_cred_reachable - could the task commit this credential?
 * @rec: current's record
 * @copy: the credential, of which the caller keeps alive what it points to
 *
 * Context: process context, may sleep.
 */
bool nsg_cred_reachable(const struct nsg_record *rec,
			const struct nsg_cred_copy *copy)
{
	struct nsg_subject want, have;

	return !judge(rec, copy, &want, &have);
}

/*
 * First the present one: the original runs into a BUG if the two pointers
 * differ, and the new one was copied from it.
 */
static bool deny_commit(struct nsg_record *rec, const struct nsg_cred_copy *new)
{
	struct nsg_incident incident = {
		.site = &site,
		.rule = NSG_RULE_CRED_COMMIT,
	};

	if (nsg_check(rec, NSG_LOOK_CRED | NSG_LOOK_SUBJ, &site))
		return true;
	if (!judge(rec, new, &incident.want, &incident.have))
		return false;
	/* Report all that would have changed, not only of what can't be. */
	incident.diff = nsg_subject_diff(&incident.want, &incident.have);
	return nsg_respond(rec, &incident);
}

/*
 * Who made the refused credential can't be told: an exploit hands over
 * init_cred without a reference of its own, and putting that each time would
 * free it.  So it is left alone.
 */
static void leave_alone(const struct cred *new)
{
	nsg_count(NSG_C_LEAKED_CREDS);
	if (new != rcu_access_pointer(init_task.cred))
		kmemleak_not_leak(new);
}

/*
 * Of another user namespace, which judging has found to be one below: before others
 * can see it.  There is none where the credential was forged and nothing is judged,
 * or all is let pass.
 */
static void grow(struct nsg_record *rec, const struct nsg_cred_copy *judged)
{
	if (judged->user_ns && judged->user_ns != rec->copy.user_ns &&
	    nsg_may_sleep() &&
	    nsg_host_may_own(rec->origin, judged->user_ns->ns.inum))
		nsg_lineage_add(rec->origin, judged->user_ns->ns.inum);
}

NSG_WRAPPER(int, commit_creds, (struct cred *new), (new), "commit_creds")
{
	struct nsg_record *rec = nsg_record_live(current);
	struct nsg_cred_copy judged;
	int ret;

	if (likely(!rec))
		return nsg_orig(commit_creds)(new);
	nsg_hit(&nsg_hook_commit_creds);
	/* Once: what is written to it from here on was not judged. */
	nsg_cred_peek(&judged, new, NGROUPS_MAX);

	if (nsg_layer_active(NSGUARD_LAYER_TRANSITION) &&
	    deny_commit(rec, &judged)) {
		leave_alone(new);
		return -EPERM;
	}
	/* In no mode may a task of a container take the host down by a BUG. */
	if (current_cred() != current_real_cred()) {
		nsg_log_later(NSG_SAY_OVERRIDDEN);
		nsg_count(NSG_C_DENIED);
		leave_alone(new);
		return -EPERM;
	}
	grow(rec, &judged);
	nsg_transition_begin(rec);
	ret = nsg_orig(commit_creds)(new);
	nsg_record_follow_cred(rec, new, &judged);
	nsg_transition_end(rec);
	return ret;
}
