// SPDX-License-Identifier: GPL-2.0
#include <linux/fs_struct.h>
#include <linux/hash.h>
#include <linux/jhash.h>
#include <linux/kmemleak.h>
#include <linux/sched/signal.h>
#include <linux/user_namespace.h>

#include "check.h"
#include "compat/compat.h"
#include "config.h"
#include "context.h"
#include "counter.h"
#include "event.h"
#include "kill.h"
#include "log.h"
#include "origin.h"
#include "response.h"
#include "storm.h"

static enum nsg_verdict decide(enum nsg_rule rule, enum nsguard_mode mode,
			       bool certain)
{
	if (mode == NSGUARD_MODE_OFF)
		return NSG_ALLOW;
	if (mode == NSGUARD_MODE_AUDIT)
		return NSG_AUDIT;
	/* A guess about what nobody saw. */
	if (rule == NSG_RULE_ADOPT_IMPLAUSIBLE)
		return NSG_AUDIT;
	/* A wrong guess about what is a container must be harmless. */
	if (nsg_rule_info(rule)->family == NSG_DESCENT && !certain)
		return NSG_AUDIT;
	return NSG_KILL;
}

/* A kill may be one too many: see storm.h. */
static void hold_back(const struct nsg_record *rec,
		      struct nsg_incident *incident)
{
	enum nsg_storm_verdict storm = nsg_storm_note(READ_ONCE(rec->origin));

	incident->storm = storm == NSG_STORM_BREAKS;
	if (storm != NSG_STORM_CALM)
		incident->verdict = NSG_DENY;
}

/*
 * The thread group's record is its leader's.  The leader of another task than
 * current may go meanwhile: its record is memory until the end of RCU's section.
 */
static struct nsg_record *group_record(struct nsg_record *rec)
{
	struct nsg_record *leader;

	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "the leader's record may go");
	leader = nsg_record_of(rec->task->group_leader);
	/* The task's pointer to it may have been written over. */
	return leader && leader->tgid == rec->tgid ? leader : rec;
}

/* The first that meets a violation for which the group dies reports it. */
static bool test_and_set_group_reported(struct nsg_record *rec)
{
	bool before;

	rcu_read_lock();
	before = test_and_set_bit(NSG_REC_REPORTED, &group_record(rec)->flags);
	rcu_read_unlock();
	return before;
}

/*
 * Threads share what was tampered with: the first that meets it reports it.  A
 * missing mark tells the gate and the points of use apart, not two incidents.
 */
static bool test_and_set_digest(struct nsg_record *rec,
				const struct nsg_incident *incident)
{
	u64 diff = incident->diff;
	u64 digest = incident->rule;
	bool before;
	int i;

	if (diff & ~NSG_F_BIT(MARK))
		diff &= ~NSG_F_BIT(MARK);
	for (i = 0; i < NSG_F_COUNT; i++)
		if (diff & BIT_ULL(i))
			digest = (digest << 32) |
				 jhash(&incident->have.v[i], sizeof(u64),
				       hash_64(digest, 32) + i);
	rcu_read_lock();
	before = atomic64_xchg(&group_record(rec)->digest, digest) == digest;
	rcu_read_unlock();
	return before;
}

/* Of the kernel's data: no memory that kmemleak knows of. */
static const struct group_info *host_groups(void)
{
	return rcu_dereference_protected(init_task.cred, true)->group_info;
}

/*
 * Repair: the record's objects go back, each with a reference: the record has its
 * own of all of them, so they are there.  Whether the attacker dropped the
 * references of what he displaced can't be told, nor whether he took any on what he
 * installed.  One too many leaks a little of the container's memory; one too few
 * frees under somebody's feet, so what is found is never put and what is restored is
 * always taken.  The filter is the exception (repair_filter()).
 */
static void repair_cred(struct nsg_record *rec)
{
	struct cred *cred = (struct cred *)rec->cred;
	struct nsg_cred_copy *copy = &rec->copy;

	if (cred->user_ns != copy->user_ns) {
		if (copy->user_ns != &init_user_ns)
			kmemleak_not_leak(copy->user_ns);
		cred->user_ns = get_user_ns(copy->user_ns);
	}
	if (cred->group_info != copy->group_info) {
		if (copy->group_info != host_groups())
			kmemleak_not_leak(copy->group_info);
		/* None, where audit has let one without pass. */
		cred->group_info = copy->group_info ?
			get_group_info(copy->group_info) : NULL;
	}
	memcpy((char *)cred + NSG_CRED_START, copy->block, NSG_CRED_SIZE);

	if (rcu_access_pointer(current->real_cred) != cred) {
		kmemleak_not_leak(cred);
		rcu_assign_pointer(current->real_cred, nsg_cred_get(cred));
	}
	if (rcu_access_pointer(current->cred) != cred) {
		kmemleak_not_leak(cred);
		rcu_assign_pointer(current->cred, nsg_cred_get(cred));
	}
}

static void repair_ns(struct nsg_record *rec)
{
	struct nsproxy *nsproxy = rec->nsproxy->nsproxy;

	nsg_nsproxy_copy_restore(rec->nsproxy);
	if (current->nsproxy != nsproxy) {
		get_nsproxy(nsproxy);
		kmemleak_not_leak(nsproxy);
		WRITE_ONCE(current->nsproxy, nsproxy);
	}
}

/* The locks here are not for interrupts, nor is what they guard needed there. */
static void repair_root(struct nsg_record *rec)
{
	if (!in_task())
		return;
	if (nsg_root_has(rec->root, current->fs) &&
	    nsg_root_repair(rec->root, current->fs, nsg_pwd_foreign(rec)))
		return;
	/* What the task had keeps it as one of its users. */
	kmemleak_not_leak(rec->root->fs);
	set_bit(NSG_REC_RESCUED, &rec->flags);
	WRITE_ONCE(current->fs, nsg_root_rescue(rec->root));
}

/*
 * Without a reference: one that was merely overwritten has its own.  A sibling
 * may set filters on all threads at this moment, and a task that exits has
 * given its own back.  Where the siglock may be held it was not compared.
 */
static void repair_filter(struct nsg_record *rec)
{
	struct sighand_struct *sighand;

	if (!nsg_may_sleep() || current->flags & PF_EXITING)
		return;
	/* It stays until the exit. */
	sighand = rcu_dereference_protected(current->sighand, true);
	spin_lock_irq(&sighand->siglock);
	if (atomic_read(&current->seccomp.filter_count) == rec->seccomp_filters)
		current->seccomp.filter = rec->seccomp_filter;
	spin_unlock_irq(&sighand->siglock);
}

static void repair(struct nsg_record *rec)
{
	repair_cred(rec);
	if (!test_bit(NSG_REC_UNSHARE, &rec->flags)) {
		if (!test_bit(NSG_REC_EXEC, &rec->flags))
			repair_ns(rec);
		repair_root(rec);
	}
	repair_filter(rec);
	if (current->seccomp.mode < rec->seccomp_mode)
		current->seccomp.mode = rec->seccomp_mode;
	if (rec->seccomp_mode)
		set_task_syscall_work(current, SECCOMP);
	if (rec->no_new_privs)
		task_set_no_new_privs(current);
	nsg_mark(rec);
	nsg_count(NSG_C_REPAIRS);
}

/* The root becomes what the task has: another fs_struct's, or another path. */
static void follow_root(struct nsg_record *rec)
{
	struct nsg_root *spare;
	struct path root;

	if (current->fs == rec->root->fs) {
		get_fs_root(current->fs, &root);
		nsg_root_move(rec->root, &root);
		path_put(&root);
		return;
	}
	spare = nsg_root_alloc(GFP_KERNEL);
	/* Then it is met again at the next call, and known by its digest. */
	if (spare)
		nsg_record_set_root(rec, nsg_root_share(spare, current->fs));
}

/*
 * Audit: the task goes on as it is, and is reported once.  Only where nothing is
 * in the way of putting what the record had: at the gate, and at a transition,
 * where it is the credential alone.
 */
static void follow(struct nsg_record *rec, u64 diff)
{
	struct nsg_nsproxy_copy *old = NULL;

	nsg_transition_begin(rec);
	if (diff & NSG_F_RANGE(CRED, GROUPS))
		nsg_record_set_cred(rec, current_real_cred());
	if (diff & NSG_F_RANGE(NSPROXY, PID_NS))
		old = nsg_record_set_nsproxy(rec, current->nsproxy);
	if (diff & NSG_F_RANGE(FS_STRUCT, ROOT_INO))
		follow_root(rec);
	if (diff & NSG_F_RANGE(FS_STRUCT, PWD_MNT_NS))
		WRITE_ONCE(rec->root->pwd_mnt, current->fs->pwd.mnt);
	nsg_record_follow_rest(rec);
	nsg_mark(rec);
	nsg_transition_end(rec);
	nsg_nsproxy_copy_put(old);
}

/* What is audited stays; what can be followed now is. */
static void let_pass(struct nsg_record *rec, const struct nsg_incident *incident)
{
	if (rec->task != current || !in_task())
		return;
	/* At a transition the record follows by itself. */
	if (!nsg_rule_info(incident->rule)->fields)
		return;
	if (incident->site->locked || !nsg_may_sleep() ||
	    current->flags & PF_EXITING)
		nsg_mark(rec);
	else
		follow(rec, incident->diff);
}

static void refuse(struct nsg_record *rec, const struct nsg_incident *incident)
{
	repair(rec);
	/* Until its next call; a ring's worker makes none. */
	if (incident->verdict == NSG_KILL || !(current->flags & NSG_PF_WORKER))
		rec->refused_call = rec->calls;
	nsg_count(NSG_C_DENIED);
}

/*
 * Condemned, whatever becomes of the signal: of its calls none succeeds, and at
 * each it is sent another (gate.c).
 */
static bool condemn(struct nsg_record *rec)
{
	bool reported = test_and_set_group_reported(rec);

	set_bit(NSG_REC_CONDEMNED, &rec->flags);
	if (!reported)
		nsg_count(NSG_C_KILLS);
	return reported;
}

static void report(struct nsg_incident *incident, struct nsg_record *rec)
{
	struct nsg_origin *origin = READ_ONCE(rec->origin);

	nsg_event_report(incident, rec->task, origin);
	if (!incident->storm)
		return;
	nsg_log_later(NSG_SAY_STORM);
	incident->rule = NSG_RULE_KILL_STORM;
	incident->diff = 0;
	nsg_event_report(incident, rec->task, origin);
}

/**
 * nsg_respond - answer a violation
 * @rec: record of the offender: current's, or one whose task the caller holds or
 *	found under RCU
 * @incident: the violation; used up
 *
 * Enforcing, current is put back from its record at once, whatever the context;
 * another task (the sweep's find) is only killed and repairs itself when it
 * exits, since no one else can know which of its pointers the kernel overrides
 * at this moment.
 *
 * The mode is read after the comparison: once the module leaves it is off, and
 * only then do hooks go whose absence would look like a violation.
 *
 * Context: any but NMI; sleeps at most where nsg_may_sleep() and not
 *	@incident->site->locked.
 * Return: true if the operation is to be refused.
 */
bool nsg_respond(struct nsg_record *rec, struct nsg_incident *incident)
{
	bool known;

	smp_rmb(); /* the comparison's reads come before the mode */
	incident->mode = nsg_mode();
	incident->verdict = decide(incident->rule, incident->mode,
				   READ_ONCE(rec->origin->certain));
	if (incident->verdict == NSG_ALLOW)
		return false;
	incident->storm = false;
	if (incident->verdict == NSG_KILL)
		hold_back(rec, incident);
	if (incident->verdict != NSG_AUDIT && rec->task == current)
		refuse(rec, incident);
	known = incident->verdict == NSG_KILL ?
		condemn(rec) : test_and_set_digest(rec, incident);
	/* Before the kill: once another task has exited it has no pid. */
	if (!known || incident->storm)
		report(incident, rec);
	if (incident->verdict == NSG_KILL)
		nsg_kill(rec);
	else if (incident->verdict == NSG_AUDIT)
		let_pass(rec, incident);
	return incident->verdict != NSG_AUDIT;
}
