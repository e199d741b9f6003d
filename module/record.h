/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Record: what a tracked task is supposed to look like.
 *
 * A record is reached through a hash table keyed by the task, which guard.S
 * looks at as well.  Once it is in the table it stays there until its task's
 * memory is freed (security_task_free()), and is memory for an RCU grace period
 * longer.  So whoever is the task, holds a reference on it, or found the record
 * under RCU, can use it without a reference of its own.
 *
 * Its life (@state), with who moves it on and from where:
 *
 *	            fork: security_task_alloc(), by the parent
 *	            exec that enters a container: by the task
 *	               |
 *	              NEW --------------------------.
 *	               | publish(): by the parent,   |
 *	               | before the child runs; by   | the fork failed
 *	               | the task, after the exec    |
 *	               v                             |
 *	PENDING ----> LIVE                           |
 *	   |  by the   | retire(): by the task in exit_fs(), or when all hooks
 *	   |  task, at | are off and nobody is inside
 *	   |  its next v                             |
 *	   |  call    GONE                           |
 *	   v           v                             v
 *	     security_task_free(), any context: out of the table, freed
 *
 * PENDING is what the loader gives a task that runs already (adopt.c).  LIVE
 * alone owns references (@cred, @nsproxy, @root); nothing else in it counts
 * before, but @task and, PENDING, @origin.  A LIVE record whose task is freed has
 * missed exit_fs(), which happens while the hooks go: it waits for
 * nsg_record_release_all(), since giving back what it owns may sleep.
 *
 * Nothing that is queued refers to a record but @kill, which runs before the
 * context that queued it comes to an end; a report has references of its own
 * (event.c).
 *
 * Only the task itself changes what its LIVE record says of it, at a transition.
 * Another only reads that: the sweep, which discards what it read if a transition
 * came between (@transitions, @generation).  What an incident leaves behind
 * (@flags, @digest, @kill) and the mark (@marked) anybody may write.
 */
#ifndef _NSG_RECORD_H
#define _NSG_RECORD_H

#include <linux/atomic.h>
#include <linux/irq_work.h>
#include <linux/list.h>
#include <linux/llist.h>
#include <linux/rculist.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "cred_copy.h"
#include "nsproxy_copy.h"
#include "record_table.h"
#include "root.h"

struct nsg_origin;

enum nsg_record_state {
	NSG_REC_NEW,
	NSG_REC_PENDING,
	NSG_REC_LIVE,
	NSG_REC_GONE,
};

enum nsg_record_bit {
	NSG_REC_EXEC,		/* between bprm_execve()'s entry and return */
	NSG_REC_UNSHARE,	/* the same for ksys_unshare() */
	NSG_REC_CONDEMNED,	/* the task is to die: no call of its succeeds */
	NSG_REC_REPORTED,	/* a leader's: its group's death was reported */
	NSG_REC_RESCUED,	/* the task was given @root's spare fs_struct */
};

/**
 * struct nsg_record - what a tracked task is supposed to look like
 * @node: in nsg_record_table, under the bucket's lock, read under RCU
 * @task: the task; no reference, see above
 * @tgid: its thread group; immutable, also in the task
 * @state: enum nsg_record_state; see above; set with release, read with acquire
 * @cred: both credential pointers; referenced
 * @copy: contents of @cred; what they point to is referenced as well
 * @nsproxy: its namespaces; referenced; NULL once GONE
 * @root: where the task's fs_struct is rooted; referenced; NULL once GONE, but
 *	for who is NSG_REC_RESCUED
 * @root_moves: of the parent's root when the fork began
 * @made_fs: what the fork has made or shared, before others could write to the
 *	child, or unshare() has made; only compared
 * @made_cred: what the fork has given the child, before that; only compared
 * @made_nsproxy: the same
 * @seccomp_mode: least mode, only grows
 * @seccomp_filters: least number of filters, only grows
 * @seccomp_filter: the last of them; only compared, another one only comes with
 *	a larger number
 * @no_new_privs: only ever becomes true
 * @flags: enum nsg_record_bit, atomic bit operations
 * @marked: how often the marks had been taken when this one was set; written by
 *	who sets it, the task or the sweep (mark.c)
 * @transitions: depth of transitions in flight, written by the task
 * @generation: of the record, written by the task
 * @calls: system calls that passed the gate, written by the task: what happened
 *	"in this call" is remembered with its number; starts at 1, 0 is no call
 * @refused_call: the call of which nothing more succeeds
 * @audited_call: the call in which a foreign namespace was let pass
 * @prepared_call: the call in which @prepared was made ready
 * @prepared: the nsproxy that setns() or unshare() has made ready; only compared
 * @pid_ns: the active pid namespace; immutable, kept alive by the task
 * @origin: the container; referenced; changes to one that is nested in it, by
 *	the task, and whoever read the outer one may go on using it: the inner
 *	one holds it
 * @digest: of the last incident of the thread group (its leader's record
 *	counts), so that an incident which several threads meet is reported once
 * @kill: kills the task from whatever context; queued by who found it and run
 *	by the same processor as soon as it takes interrupts, until when no grace
 *	period ends: the record is there.  So is its task, if it is current or was
 *	found under RCU; a kernel function that was handed another task is trusted
 *	to hold it
 * @rcu: frees it
 * @orphan: in the list of LIVE records without a task; the node is not used
 *	then
 */
struct nsg_record {
	struct hlist_node node;
	struct task_struct *task;
	pid_t tgid;
	unsigned int state;
	const struct cred *cred;
	struct nsg_cred_copy copy;
	struct nsg_nsproxy_copy *nsproxy;
	struct nsg_root *root;
	unsigned int root_moves;
	struct fs_struct *made_fs;
	const struct cred *made_cred;
	const struct nsproxy *made_nsproxy;
	int seccomp_mode;
	int seccomp_filters;
	struct seccomp_filter *seccomp_filter;
	bool no_new_privs;
	unsigned long flags;
	int marked;
	unsigned int transitions;
	unsigned int generation;
	u64 calls;
	u64 refused_call;
	u64 audited_call;
	u64 prepared_call;
	const struct nsproxy *prepared;
	struct pid_namespace *pid_ns;
	struct nsg_origin *origin;
	atomic64_t digest;
	struct irq_work kill;
	union {
		struct rcu_head rcu;
		struct llist_node orphan;
	};
};

extern struct hlist_head nsg_record_table[1 << NSG_TABLE_BITS];

#define NSG_RECORD_BUCKETS	ARRAY_SIZE(nsg_record_table)

static __always_inline struct hlist_head *
nsg_record_bucket(const struct task_struct *task)
{
	return &nsg_record_table[((u64)task * NSG_TABLE_HASH) >>
				 (64 - NSG_TABLE_BITS)];
}

/* nsg_record_of(), where the guards' stub has seen that the bucket has one. */
static __always_inline struct nsg_record *
nsg_record_find(const struct task_struct *task)
{
	struct hlist_head *bucket = nsg_record_bucket(task);
	struct nsg_record *rec;

	/* Cheaper than rcu_read_lock(), and a read-side section all the same. */
	preempt_disable_notrace();
	hlist_for_each_entry_rcu_notrace(rec, bucket, node)
		if (rec->task == task)
			break;
	preempt_enable_notrace();
	return rec;
}

/**
 * nsg_record_of - the record of a task
 * @task: current, or a task that the caller holds
 *
 * Context: any but NMI.
 * Return: the record, valid as long as the task; NULL if it is not tracked.
 */
static __always_inline struct nsg_record *
nsg_record_of(const struct task_struct *task)
{
	return hlist_empty(nsg_record_bucket(task)) ? NULL :
						      nsg_record_find(task);
}

static __always_inline bool nsg_record_is(const struct nsg_record *rec,
					  enum nsg_record_state state)
{
	/* What the record says by then; pairs with nsg_record_publish(). */
	return smp_load_acquire(&rec->state) == state;
}

/* The same for a task that has been published and is not exiting. */
static __always_inline struct nsg_record *
nsg_record_live(const struct task_struct *task)
{
	struct nsg_record *rec = nsg_record_of(task);

	return rec && nsg_record_is(rec, NSG_REC_LIVE) ? rec : NULL;
}

/*
 * Calls are told apart by their number.  A ring's worker makes none and is in
 * one for ever, which starts with what it is refused.
 */
static inline bool nsg_record_in_call(const struct nsg_record *rec,
				      u64 call)
{
	return call == rec->calls;
}

/* Is this the set that the task's present call has made ready? */
static inline bool nsg_record_prepared(const struct nsg_record *rec,
				       const struct nsproxy *nsproxy)
{
	return nsg_record_in_call(rec, rec->prepared_call) &&
	       nsproxy == rec->prepared;
}

static inline void nsg_record_prepare(struct nsg_record *rec,
				      const struct nsproxy *nsproxy)
{
	rec->prepared = nsproxy;
	rec->prepared_call = nsproxy ? rec->calls : 0;
}

/*
 * What the record says and the task has are about to part and to meet again.
 * Nests; called by the task itself.
 */
static inline void nsg_transition_begin(struct nsg_record *rec)
{
	WRITE_ONCE(rec->transitions, rec->transitions + 1);
	smp_mb(); /* pairs with nsg_record_read_begin() */
}

static inline void nsg_transition_end(struct nsg_record *rec)
{
	smp_mb(); /* pairs with nsg_record_read_retry() */
	WRITE_ONCE(rec->generation, rec->generation + 1);
	WRITE_ONCE(rec->transitions, rec->transitions - 1);
}

/*
 * From here on the task may have what its record does not say yet: what @bit tells
 * (nsg_look_now()), for as long as it likes.
 */
static inline void nsg_record_enter(struct nsg_record *rec, enum nsg_record_bit bit)
{
	nsg_transition_begin(rec);
	set_bit(bit, &rec->flags);
	nsg_transition_end(rec);
}

static inline bool nsg_record_read_begin(const struct nsg_record *rec,
					 unsigned int *generation)
{
	*generation = READ_ONCE(rec->generation);
	smp_rmb(); /* pairs with nsg_transition_end() */
	if (READ_ONCE(rec->transitions))
		return false;
	smp_rmb(); /* pairs with nsg_transition_begin() */
	return nsg_record_is(rec, NSG_REC_LIVE);
}

static inline bool nsg_record_read_retry(const struct nsg_record *rec,
					 unsigned int generation)
{
	smp_rmb(); /* the reads before this see no later transition */
	return READ_ONCE(rec->transitions) ||
	       READ_ONCE(rec->generation) != generation ||
	       !nsg_record_is(rec, NSG_REC_LIVE);
}

int nsg_record_init(void);
void nsg_record_exit(void);
struct nsg_record *nsg_record_alloc(struct task_struct *task, gfp_t gfp);
void nsg_record_discard(struct nsg_record *rec);
bool nsg_record_insert(struct nsg_record *rec);
void nsg_record_remove(struct task_struct *task);
void nsg_record_pend(struct nsg_record *rec, struct nsg_origin *origin);
void nsg_record_publish(struct nsg_record *rec, struct nsg_origin *origin);
void nsg_record_move(struct nsg_record *rec, struct nsg_origin *inner);
void nsg_record_retire(struct nsg_record *rec);
void nsg_record_exited(struct nsg_record *rec);
void nsg_record_set_cred(struct nsg_record *rec, const struct cred *cred);
void nsg_record_follow_cred(struct nsg_record *rec, const struct cred *cred,
			    const struct nsg_cred_copy *copy);
struct nsg_nsproxy_copy *
nsg_record_follow_nsproxy(struct nsg_record *rec, struct nsproxy *nsproxy,
			  void *const *ns);
void nsg_record_share_nsproxy(struct nsg_record *rec,
			      const struct nsg_record *from);
struct nsg_nsproxy_copy *nsg_record_set_nsproxy(struct nsg_record *rec,
						struct nsproxy *nsproxy);
void nsg_record_follow_rest(struct nsg_record *rec);
void nsg_record_set_root(struct nsg_record *rec, struct nsg_root *root);
unsigned int nsg_record_tasks(struct task_struct **tasks, unsigned int max,
			      unsigned int *bucket);
unsigned int nsg_record_count(void);
unsigned int nsg_record_pending(void);
void nsg_record_release_all(void);

#endif /* _NSG_RECORD_H */
