// SPDX-License-Identifier: GPL-2.0
#include <linux/fs_struct.h>
#include <linux/hash.h>
#include <linux/irq_work.h>
#include <linux/jhash.h>
#include <linux/kmemleak.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "check.h"
#include "config.h"
#include "counter.h"
#include "event.h"
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
	enum nsg_storm_verdict storm = nsg_storm_note(rec->origin);

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
	RCU_LOCKDEP_WARN(!rcu_read_lock_held(), "the leader's record may go");
	return nsg_record_of(rec->task->group_leader) ?: rec;
}

/* The first that condemns the thread group tells of it. */
static bool condemned_before(struct nsg_record *rec)
{
	bool before;

	rcu_read_lock();
	before = test_and_set_bit(NSG_REC_CONDEMNED, &group_record(rec)->flags);
	rcu_read_unlock();
	return before;
}

/* Threads share what was tampered with: the first that meets it tells. */
static bool told_before(struct nsg_record *rec,
			const struct nsg_incident *incident)
{
	u64 digest = incident->rule;
	bool before;
	int i;

	for (i = 0; i < NSG_F_COUNT; i++)
		if (incident->diff & BIT_ULL(i))
			digest = (digest << 32) |
				 jhash(&incident->have.v[i], sizeof(u64),
				       hash_64(digest, 32) + i);
	rcu_read_lock();
	before = atomic64_xchg(&group_record(rec)->digest, digest) == digest;
	rcu_read_unlock();
	return before;
}

/*
 * Repair: the record's objects go back with references of their own.  Whether
 * the attacker dropped the references of what he displaced can't be told, nor
 * whether he took any on what he installed.  One too many leaks a little of the
 * container's memory; one too few frees under somebody's feet, so what is found
 * is never put and what is restored is always taken.
 */
static void repair_cred(struct nsg_record *rec)
{
	struct cred *cred = (struct cred *)rec->cred;
	struct nsg_cred_copy *copy = &rec->copy;

	if (cred->user_ns != copy->user_ns)
		cred->user_ns = get_user_ns(copy->user_ns);
	if (cred->group_info != copy->group_info)
		cred->group_info = get_group_info(copy->group_info);
	memcpy((char *)cred + NSG_CRED_START, copy->block, NSG_CRED_SIZE);

	if (rcu_access_pointer(current->real_cred) != cred) {
		kmemleak_not_leak(cred);
		rcu_assign_pointer(current->real_cred, get_cred(cred));
	}
	if (rcu_access_pointer(current->cred) != cred) {
		kmemleak_not_leak(cred);
		rcu_assign_pointer(current->cred, get_cred(cred));
	}
}

static void repair_ns(struct nsg_record *rec)
{
	memcpy((char *)rec->nsproxy + NSG_NSPROXY_START, rec->ns,
	       NSG_NSPROXY_SIZE);
	if (current->nsproxy != rec->nsproxy) {
		get_nsproxy(rec->nsproxy);
		kmemleak_not_leak(rec->nsproxy);
		WRITE_ONCE(current->nsproxy, rec->nsproxy);
	}
}

static void repair_fs(struct nsg_record *rec)
{
	struct fs_struct *fs = rec->root->fs;

	if (current->fs == fs)
		return;
	kmemleak_not_leak(fs);
	spin_lock(&fs->lock);
	fs->users++;
	spin_unlock(&fs->lock);
	WRITE_ONCE(current->fs, fs);
}

/*
 * Without a reference: one that was merely overwritten has its own.  A sibling
 * may set filters on all threads at this moment, and a task that exits has
 * given its own back.
 */
static void repair_filter(struct nsg_record *rec)
{
	struct sighand_struct *sighand;

	if (current->flags & PF_EXITING)
		return;
	/* It stays until the exit. */
	sighand = rcu_dereference_protected(current->sighand, true);
	spin_lock_irq(&sighand->siglock);
	if (atomic_read(&current->seccomp.filter_count) == rec->seccomp_filters)
		current->seccomp.filter = rec->seccomp_filter;
	spin_unlock_irq(&sighand->siglock);
}

static void repair(struct nsg_record *rec, const struct nsg_site *site)
{
	repair_cred(rec);
	if (!test_bit(NSG_REC_UNSHARE, &rec->flags) &&
	    !test_bit(NSG_REC_EXEC, &rec->flags)) {
		repair_ns(rec);
		repair_fs(rec);
		nsg_root_repair(rec->root, nsg_pwd_foreign(rec));
	}
	/* Where the siglock may be held nobody has compared it. */
	if (!site->atomic)
		repair_filter(rec);
	if (current->seccomp.mode < rec->seccomp_mode)
		current->seccomp.mode = rec->seccomp_mode;
	if (rec->seccomp_mode)
		set_task_syscall_work(current, SECCOMP);
	if (rec->no_new_privs)
		task_set_no_new_privs(current);
	nsg_mark(current);
	nsg_count(NSG_C_REPAIRS);
}

/* Audit: the task goes on as it is, and is told of once. */
static void adopt(struct nsg_record *rec, u64 diff)
{
	struct path root;

	nsg_transition_begin(rec);
	if (diff & NSG_F_RANGE(CRED, GROUPS))
		nsg_record_set_cred(rec, current_real_cred());
	if (diff & NSG_F_RANGE(NSPROXY, PID_NS))
		nsg_record_set_nsproxy(rec, current->nsproxy);
	if (diff & NSG_F_RANGE(FS_STRUCT, ROOT_INO)) {
		get_fs_root(current->fs, &root);
		nsg_root_retarget(rec->root, current->fs, &root);
		path_put(&root);
	}
	if (diff & NSG_F_RANGE(FS_STRUCT, PWD_MNT_NS))
		WRITE_ONCE(rec->root->pwd_mnt, current->fs->pwd.mnt);
	rec->seccomp_mode = current->seccomp.mode;
	rec->seccomp_filters = atomic_read(&current->seccomp.filter_count);
	rec->seccomp_filter = current->seccomp.filter;
	rec->no_new_privs = task_no_new_privs(current);
	nsg_mark(current);
	nsg_transition_end(rec);
}

static void kill(struct task_struct *task)
{
	if (is_global_init(task) || (task->flags & PF_KTHREAD))
		return;
	nsg_count(NSG_C_KILLS);
	send_sig(SIGKILL, task, 1);
}

static void report(const struct nsg_incident *incident, struct nsg_record *rec)
{
	struct nsg_incident *storm;

	nsg_event_report(incident, rec->task, rec->origin);
	if (!incident->storm)
		return;
	nsg_err("violations in %u containers within 10 s: for a minute they are refused and nobody is killed\n",
		READ_ONCE(nsg_config.storm));
	storm = kmemdup(incident, sizeof(*incident), GFP_KERNEL);
	if (!storm) {
		nsg_count(NSG_C_ALLOC_FAILURES);
		nsg_count(NSG_C_EVENTS_LOST);
		return;
	}
	storm->rule = NSG_RULE_KILL_STORM;
	storm->diff = 0;
	nsg_event_report(storm, rec->task, rec->origin);
	kfree(storm);
}

static void deliver(struct nsg_record *rec, const struct nsg_incident *incident)
{
	/* Another task is told of first: once it has exited it has no pid. */
	if (incident->verdict == NSG_KILL && rec->task == current)
		kill(rec->task);
	report(incident, rec);
	if (incident->verdict == NSG_KILL && rec->task != current)
		kill(rec->task);
}

/* In interrupt context, on the processor and in the midst of the task. */
static void kill_now(struct irq_work *work)
{
	kill(container_of(work, struct nsg_record, kill)->task);
}

/* Runs in current on its way to user mode: may sleep. */
static void tell_later(struct callback_head *work)
{
	struct nsg_record *rec = container_of(work, struct nsg_record, work);
	struct nsg_incident *incident = rec->incident;

	rec->incident = NULL;
	clear_bit(NSG_REC_WORK, &rec->flags);
	if (!incident)
		return;
	if (incident->verdict == NSG_AUDIT)
		adopt(rec, incident->diff);
	report(incident, rec);
	kfree(incident);
}

/*
 * Where spinlocks may be held, the siglock among them, the signal comes from an
 * interrupt, which is taken as soon as that is possible.  The way back to user
 * mode would be too late for it: an io_uring thread answers its ring before.
 */
static void defer(struct nsg_record *rec, const struct nsg_incident *incident)
{
	struct nsg_incident *copy;

	if (incident->verdict == NSG_KILL) {
		init_irq_work(&rec->kill, kill_now);
		irq_work_queue(&rec->kill);
	}
	if (test_and_set_bit(NSG_REC_WORK, &rec->flags)) {
		nsg_count(NSG_C_EVENTS_LOST);
		return;
	}
	copy = kmemdup(incident, sizeof(*incident), GFP_ATOMIC);
	if (!copy) {
		nsg_count(NSG_C_ALLOC_FAILURES);
		nsg_count(NSG_C_EVENTS_LOST);
	}
	rec->incident = copy;
	init_task_work(&rec->work, tell_later);
	if (task_work_add(current, &rec->work, TWA_RESUME)) {
		/* Past exit_task_work(): nothing of it runs any more. */
		nsg_count(NSG_C_EVENTS_LOST);
		rec->incident = NULL;
		clear_bit(NSG_REC_WORK, &rec->flags);
		kfree(copy);
	}
}

/**
 * nsg_respond - answer a violation
 * @rec: record of the offender: current's, or one whose task the caller holds
 * @incident: the violation
 *
 * Enforcing, current is put back from its record at once, whatever the context;
 * another task (the sweep's find) is only killed and repairs itself when it
 * exits, since no one else can know which of its pointers the kernel overrides
 * at this moment.
 *
 * Context: any but interrupts; may sleep unless @incident->site->atomic.
 * Return: true if the operation is to be refused.
 */
bool nsg_respond(struct nsg_record *rec, struct nsg_incident *incident)
{
	bool refuse, told;

	incident->mode = nsg_mode();
	incident->verdict = decide(incident->rule, incident->mode,
				   READ_ONCE(rec->origin->certain));
	if (incident->verdict == NSG_ALLOW)
		return false;
	incident->storm = false;
	if (incident->verdict == NSG_KILL)
		hold_back(rec, incident);
	refuse = incident->verdict != NSG_AUDIT;
	if (refuse && rec->task == current) {
		repair(rec, incident->site);
		/* Until its next call; a ring's worker makes none. */
		if (incident->verdict == NSG_KILL ||
		    !(current->flags & PF_IO_WORKER))
			set_bit(NSG_REC_REFUSED, &rec->flags);
		nsg_count(NSG_C_DENIED);
	}
	if (incident->verdict == NSG_KILL) {
		told = condemned_before(rec);
	} else {
		told = told_before(rec, incident);
		/* At a transition the record follows by itself. */
		if (!refuse && rec->task == current && !incident->site->atomic &&
		    nsg_rule_info(incident->rule)->fields)
			adopt(rec, incident->diff);
	}
	if (!told || incident->storm) {
		if (incident->site->atomic)
			defer(rec, incident);
		else
			deliver(rec, incident);
	}
	return refuse;
}
