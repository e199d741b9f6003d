// SPDX-License-Identifier: GPL-2.0
#include <linux/bug.h>
#include <linux/capability.h>
#include <linux/securebits.h>

#include "rule.h"

#define CRED_CONTENT	(NSG_F_RANGE(UID, GROUPS))
#define SUBJ_CONTENT	(NSG_F_RANGE(SUBJ_USER_NS, SUBJ_GROUPS))

/* Ordered like enum nsg_field: the first rule with a differing field wins. */
static const struct nsg_rule_info rules[NSG_RULE_COUNT] = {
	[NSG_RULE_NONE] = { "none", "", NSG_INTEGRITY, 0 },
	/* The mark that sends a tracked task through the gate is gone. */
	[NSG_RULE_MARK_CLEARED] = {
		"mark-cleared", "T1562.001", NSG_INTEGRITY, NSG_F_BIT(MARK)
	},
	/* The credential was exchanged without commit_creds(). */
	[NSG_RULE_CRED_POINTER] = {
		"cred-pointer", "T1068", NSG_INTEGRITY, NSG_F_BIT(CRED)
	},
	/* An override of the credential outlived the system call. */
	[NSG_RULE_CRED_SUBJECTIVE] = {
		"cred-subjective", "T1068", NSG_INTEGRITY,
		NSG_F_BIT(SUBJ) | SUBJ_CONTENT
	},
	/* The credential's user namespace was written in place. */
	[NSG_RULE_CRED_USERNS] = {
		"cred-userns", "T1068", NSG_INTEGRITY, NSG_F_BIT(USER_NS)
	},
	/* A committed credential was written in place. */
	[NSG_RULE_CRED_CONTENT] = {
		"cred-content", "T1068", NSG_INTEGRITY, CRED_CONTENT
	},
	/* commit_creds() of what no transition from the record leads to. */
	[NSG_RULE_CRED_COMMIT] = {
		"cred-commit", "T1068", NSG_INTEGRITY, 0
	},
	/* The namespaces were exchanged outside setns, unshare and exec. */
	[NSG_RULE_NSPROXY_POINTER] = {
		"nsproxy-pointer", "T1611", NSG_INTEGRITY, NSG_F_BIT(NSPROXY)
	},
	/* A member of the nsproxy was written in place. */
	[NSG_RULE_NSPROXY_CONTENT] = {
		"nsproxy-content", "T1611", NSG_INTEGRITY,
		NSG_F_RANGE(UTS_NS, PID_NS)
	},
	/* switch_task_namespaces() outside setns, unshare and exec. */
	[NSG_RULE_NSPROXY_SWITCH] = {
		"nsproxy-switch", "T1611", NSG_INTEGRITY, 0
	},
	/* task->fs was exchanged. */
	[NSG_RULE_FS_POINTER] = {
		"fs-pointer", "T1611", NSG_INTEGRITY, NSG_F_BIT(FS_STRUCT)
	},
	/* The root was written without chroot, pivot_root or setns. */
	[NSG_RULE_FS_ROOT] = {
		"fs-root", "T1611", NSG_INTEGRITY,
		NSG_F_RANGE(ROOT_MNT_NS, ROOT_INO)
	},
	/* A system-call filter was taken off. */
	[NSG_RULE_SECCOMP_WEAKENED] = {
		"seccomp-weakened", "T1562.001", NSG_INTEGRITY,
		NSG_F_RANGE(SECCOMP_FILTER, SECCOMP_FILTERS)
	},
	[NSG_RULE_NNP_CLEARED] = {
		"nnp-cleared", "T1562.001", NSG_INTEGRITY,
		NSG_F_BIT(NO_NEW_PRIVS)
	},
	/* setns() into a namespace that is not the container's. */
	[NSG_RULE_NS_FOREIGN] = { "ns-foreign", "T1611", NSG_DESCENT, 0 },
	/* A root that lies in another's mount namespace. */
	[NSG_RULE_ROOT_FOREIGN] = { "root-foreign", "T1611", NSG_DESCENT, 0 },
	/* A working directory in another's mounts: a descriptor was leaked. */
	[NSG_RULE_PWD_FOREIGN] = {
		"pwd-foreign", "T1611", NSG_DESCENT, NSG_F_BIT(PWD_MNT_NS)
	},
	/* ptrace() and its like of a host's task that is inside for a while. */
	[NSG_RULE_VISITOR_ACCESS] = {
		"visitor-access", "T1055.008", NSG_DESCENT, 0
	},
	/* A task was found, at load, in a state that it can't have come to. */
	[NSG_RULE_ADOPT_IMPLAUSIBLE] = {
		"adopt-implausible", "T1611", NSG_INTEGRITY, 0
	},
	/* No rule's breach: killing has been suspended (storm.c). */
	[NSG_RULE_KILL_STORM] = { "kill-storm", "T1499", NSG_INTEGRITY, 0 },
};

/**
 * nsg_rule_info - what is said of a rule
 * @rule: the rule
 *
 * Context: any.
 */
const struct nsg_rule_info *nsg_rule_info(enum nsg_rule rule)
{
	return &rules[rule < NSG_RULE_COUNT ? rule : NSG_RULE_NONE];
}

/**
 * nsg_rule_of_diff - the rule that a difference breaks
 * @diff: what nsg_subject_diff() returned
 *
 * Context: any.
 * Return: NSG_RULE_NONE if nothing differs.
 */
enum nsg_rule nsg_rule_of_diff(u64 diff)
{
	int i;

	/*
	 * Whoever clears the mark does so to get something past the gate:
	 * that something, where there is one, is the incident.
	 */
	if (diff & ~NSG_F_BIT(MARK))
		diff &= ~NSG_F_BIT(MARK);
	for (i = NSG_RULE_NONE + 1; i < NSG_RULE_COUNT; i++)
		if (diff & rules[i].fields)
			return i;
	return NSG_RULE_NONE;
}

static bool has_cap(const struct nsg_subject *s, int cap)
{
	return s->v[NSG_F_CAP_EFFECTIVE] & BIT_ULL(cap);
}

/* exec() brings set-id programs and file capabilities, unless that is off. */
static bool gains_by_exec(const struct nsg_commit *c)
{
	return c->exec && !c->old->v[NSG_F_NO_NEW_PRIVS];
}

/* May the id at @i become one that the task did not have? */
static bool may_take_id(const struct nsg_commit *c, int i)
{
	if (c->unmapped & BIT(i))
		return false;
	/* A program's owner is never its user's real id. */
	if (c->exec)
		return gains_by_exec(c) && i >= NSG_F_SUID - NSG_F_UID;
	return has_cap(c->old, i & 1 ? CAP_SETGID : CAP_SETUID);
}

/*
 * Ids stand in pairs (uid, gid, suid, sgid, ...).  Without the capability a
 * task can only permute those it has, where the file-system ids follow the
 * others and are not followed; with it, and by a set-id program, it can take
 * any that is mapped.  A way into another user namespace changes none.
 */
static u64 judge_ids(const struct nsg_commit *c)
{
	const u64 *old = &c->old->v[NSG_F_UID], *new = &c->new->v[NSG_F_UID];
	u64 bad = 0;
	int i, j;

	for (i = 0; i < 8; i++) {
		bool held = false;

		if (new[i] == old[i])
			continue;
		for (j = i & 1; j < 6 && c->rel == NSG_USERNS_SAME; j += 2)
			held |= new[i] == old[j];
		if (!held && (c->rel == NSG_USERNS_BELOW || !may_take_id(c, i)))
			bad |= BIT_ULL(NSG_F_UID + i);
	}
	return bad;
}

/* Capability sets within one user namespace; see capabilities(7). */
static u64 judge_caps(const struct nsg_commit *c)
{
	const u64 *old = c->old->v, *new = c->new->v;
	u64 bound = old[NSG_F_CAP_BOUNDING];
	u64 may_hold = old[NSG_F_CAP_PERMITTED];
	u64 may_inherit = old[NSG_F_CAP_INHERITABLE];
	u64 bad = 0;

	if (!c->exec)
		may_inherit |= has_cap(c->old, CAP_SETPCAP) ?
			       bound : bound & may_hold;
	if (gains_by_exec(c))
		may_hold |= bound | old[NSG_F_CAP_INHERITABLE];

	if (new[NSG_F_CAP_BOUNDING] & ~bound)
		bad |= NSG_F_BIT(CAP_BOUNDING);
	if (new[NSG_F_CAP_PERMITTED] & ~may_hold)
		bad |= NSG_F_BIT(CAP_PERMITTED);
	if (new[NSG_F_CAP_INHERITABLE] & ~may_inherit)
		bad |= NSG_F_BIT(CAP_INHERITABLE);
	if (new[NSG_F_CAP_AMBIENT] & ~old[NSG_F_CAP_AMBIENT] &&
	    (c->exec || old[NSG_F_SECUREBITS] &
			issecure_mask(SECURE_NO_CAP_AMBIENT_RAISE)))
		bad |= NSG_F_BIT(CAP_AMBIENT);
	return bad;
}

static u64 judge_securebits(const struct nsg_commit *c)
{
	u64 old = c->old->v[NSG_F_SECUREBITS];
	u64 new = c->new->v[NSG_F_SECUREBITS];
	u64 keep = issecure_mask(SECURE_KEEP_CAPS);
	u64 locks = old & SECURE_ALL_LOCKS;
	u64 free = keep;

#ifdef SECURE_ALL_UNPRIVILEGED
	/* Each with its lock; since 6.14. */
	free |= SECURE_ALL_UNPRIVILEGED | SECURE_ALL_UNPRIVILEGED << 1;
#endif

	if (new == old)
		return 0;
	/* exec() clears KEEP_CAPS, locked or not. */
	if (c->exec)
		return new == (old & ~keep) ? 0 : NSG_F_BIT(SECUREBITS);
	/* No locked bit changes, no lock goes, no bit is unknown. */
	if ((locks >> 1) & (old ^ new) || locks & ~new ||
	    new & ~(u64)(SECURE_ALL_BITS | SECURE_ALL_LOCKS))
		return NSG_F_BIT(SECUREBITS);
	/* What any task may flip. */
	if ((old ^ new) & ~free && !has_cap(c->old, CAP_SETPCAP))
		return NSG_F_BIT(SECUREBITS);
	return 0;
}

/**
 * nsg_rule_commit - judge a credential by what is reachable from the record
 * @c: the credential and what it is measured against
 *
 * Who calls commit_creds() says nothing: an exploit calls it like everybody
 * else.  But within one user namespace the permitted set grows only by
 * executing a program, and then within the bounding set; the bounding set never
 * grows; ids and groups change only with CAP_SETUID and CAP_SETGID; and the
 * user namespace only ever descends, where a full set of capabilities is normal
 * and means nothing to the namespaces above.
 *
 * Context: any.
 * Return: a bit for each field of @c->new that could not have come about; 0 if
 *	the credential is legitimate.
 */
u64 nsg_rule_commit(const struct nsg_commit *c)
{
	const u64 *old = c->old->v, *new = c->new->v;
	u64 bad;

	if (c->rel == NSG_USERNS_ELSEWHERE)
		return NSG_F_BIT(USER_NS);

	bad = judge_ids(c);
	if (new[NSG_F_CAP_EFFECTIVE] & ~new[NSG_F_CAP_PERMITTED])
		bad |= NSG_F_BIT(CAP_EFFECTIVE);
	if (new[NSG_F_CAP_AMBIENT] &
	    ~(new[NSG_F_CAP_PERMITTED] & new[NSG_F_CAP_INHERITABLE]))
		bad |= NSG_F_BIT(CAP_AMBIENT);
	if (new[NSG_F_GROUPS] != old[NSG_F_GROUPS] &&
	    (c->exec || c->rel == NSG_USERNS_BELOW ||
	     !has_cap(c->old, CAP_SETGID)))
		bad |= NSG_F_BIT(GROUPS);
	/* Into a user namespace: every set is full or empty, and tells nothing. */
	if (c->rel == NSG_USERNS_BELOW)
		return bad;
	return bad | judge_caps(c) | judge_securebits(c);
}
