// SPDX-License-Identifier: GPL-2.0
#include <linux/pid_namespace.h>

#include "cache.h"
#include "counter.h"
#include "kill.h"
#include "mark.h"
#include "origin.h"
#include "record.h"

/* guard.S tests a bucket by its first pointer. */
static_assert(sizeof(struct hlist_head) == 8);

struct hlist_head nsg_record_table[1 << NSG_TABLE_BITS];

#define LOCKS 64
/* So many buckets are looked into at a time. */
#define BUCKETS_AT_ONCE 256
/* A bucket's lock; tasks are freed from softirq too. */
static spinlock_t locks[LOCKS];
static struct kmem_cache *cache;
/* LIVE records and PENDING ones, and the latter alone. */
static atomic_t count, pending;
/* LIVE records whose task was freed while the hooks went. */
static LLIST_HEAD(orphans);

static spinlock_t *bucket_lock(const struct hlist_head *bucket)
{
	return &locks[(bucket - nsg_record_table) % LOCKS];
}

/**
 * nsg_record_init - make the cache
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM.
 */
int __init nsg_record_init(void)
{
	int i;

	for (i = 0; i < LOCKS; i++)
		spin_lock_init(&locks[i]);
	nsg_cred_copy_init();
	cache = NSG_CACHE(struct nsg_record, "record");
	return cache ? 0 : -ENOMEM;
}

/**
 * nsg_record_exit - the last record has gone
 *
 * Context: process context, may sleep.
 */
void nsg_record_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

/**
 * nsg_record_alloc - memory for the record of a task that may become tracked
 * @task: the task
 * @gfp: GFP_KERNEL, or with __GFP_NOFAIL where nobody can be told of a failure
 *
 * Context: process context, may sleep.
 * Return: a NEW record for nsg_record_insert() or nsg_record_discard(), or NULL.
 */
struct nsg_record *nsg_record_alloc(struct task_struct *task, gfp_t gfp)
{
	struct nsg_record *rec = kmem_cache_zalloc(cache, gfp);

	if (!rec) {
		nsg_count(NSG_C_ALLOC_FAILURES);
		return NULL;
	}
	rec->root = nsg_root_alloc(gfp);
	if (!rec->root) {
		kmem_cache_free(cache, rec);
		return NULL;
	}
	rec->task = task;
	rec->calls = 1;
	nsg_kill_init(rec);
	INIT_HLIST_NODE(&rec->node);
	return rec;
}

/**
 * nsg_record_pend - the task itself shall fill the record
 * @rec: a NEW record that was not inserted yet
 * @origin: the container, whose reference is taken over
 *
 * Context: any.
 */
void nsg_record_pend(struct nsg_record *rec, struct nsg_origin *origin)
{
	rec->origin = origin;
	rec->tgid = rec->task->tgid;
	/* With @origin; pairs with nsg_record_is(). */
	smp_store_release(&rec->state, NSG_REC_PENDING);
	atomic_inc(&origin->tasks);
	atomic_inc(&count);
	atomic_inc(&pending);
}

static void free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct nsg_record, rcu));
}

/* It is in no bucket, and owns nothing that it takes sleep to give back. */
static void release(struct nsg_record *rec)
{
	WARN_ON_ONCE(nsg_record_is(rec, NSG_REC_LIVE));
	if (nsg_record_is(rec, NSG_REC_PENDING)) {
		atomic_dec(&rec->origin->tasks);
		atomic_dec(&count);
		atomic_dec(&pending);
	}
	/* What never went live did not use it; who is GONE has none. */
	if (!nsg_record_is(rec, NSG_REC_GONE))
		nsg_root_free(rec->root);
	nsg_origin_put(rec->origin);
	call_rcu(&rec->rcu, free_rcu);
}

/**
 * nsg_record_discard - undo nsg_record_alloc()
 * @rec: a record that was not inserted, or NULL
 *
 * Context: any but NMI.
 */
void nsg_record_discard(struct nsg_record *rec)
{
	if (rec)
		release(rec);
}

/**
 * nsg_record_insert - let a record be found
 * @rec: the record, NEW or PENDING
 *
 * Context: process context.
 * Return: false if the task has a record already, which stays.
 */
bool nsg_record_insert(struct nsg_record *rec)
{
	struct hlist_head *bucket = nsg_record_bucket(rec->task);
	bool first;

	spin_lock_irq(bucket_lock(bucket));
	first = !nsg_record_of(rec->task);
	if (first)
		hlist_add_head_rcu(&rec->node, bucket);
	spin_unlock_irq(bucket_lock(bucket));
	return first;
}

static void unlink_record(struct nsg_record *rec)
{
	spinlock_t *lock = bucket_lock(nsg_record_bucket(rec->task));
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	hlist_del_rcu(&rec->node);
	spin_unlock_irqrestore(lock, flags);
}

/**
 * nsg_record_remove - a task's memory is about to be freed
 * @task: the task, tracked or not; it exited, or its fork failed
 *
 * Context: any but NMI.
 */
void nsg_record_remove(struct task_struct *task)
{
	struct nsg_record *rec = nsg_record_of(task);

	if (!rec)
		return;
	unlink_record(rec);
	/* It missed exit_fs(): see nsg_record_release_all(). */
	if (unlikely(nsg_record_is(rec, NSG_REC_LIVE)))
		llist_add(&rec->orphan, &orphans);
	else
		release(rec);
}

/**
 * nsg_record_follow_cred - the record follows to another credential
 * @rec: current's record, or one that was not published yet
 * @cred: the new credential
 * @copy: its contents when they were judged
 *
 * Context: any but NMI.
 */
void nsg_record_follow_cred(struct nsg_record *rec, const struct cred *cred,
			    const struct nsg_cred_copy *copy)
{
	const struct cred *old = rec->cred;
	struct nsg_cred_copy had = rec->copy;

	nsg_cred_get(cred);
	nsg_cred_copy_get(copy);
	rec->copy = *copy;
	WRITE_ONCE(rec->cred, cred);
	nsg_cred_copy_put(&had);
	put_cred(old);
}

/**
 * nsg_record_set_cred - the record follows to a credential as it is now
 * @rec: current's record, or one that was not published yet
 * @cred: the new credential
 *
 * Context: any but NMI.
 */
void nsg_record_set_cred(struct nsg_record *rec, const struct cred *cred)
{
	struct nsg_cred_copy copy;

	nsg_cred_copy(&copy, cred);
	nsg_record_follow_cred(rec, cred, &copy);
}

static struct nsg_nsproxy_copy *
exchange_nsproxy(struct nsg_record *rec, struct nsg_nsproxy_copy *nsproxy)
{
	struct nsg_nsproxy_copy *old = rec->nsproxy;

	WRITE_ONCE(rec->nsproxy, nsproxy);
	return old;
}

/**
 * nsg_record_follow_nsproxy - the record follows to other namespaces
 * @rec: current's record, or one that was not published yet
 * @nsproxy: the new set
 * @ns: its members when they were judged
 *
 * Context: process context, may sleep.
 * Return: what it followed to before, or NULL: for nsg_nsproxy_copy_put(), after the
 *	transition.  With the last reference on a mount namespace that waits for the lock
 *	of all mounts, whose holder a container may starve.
 */
struct nsg_nsproxy_copy *
nsg_record_follow_nsproxy(struct nsg_record *rec, struct nsproxy *nsproxy,
			  void *const *ns)
{
	return exchange_nsproxy(rec, nsg_nsproxy_copy_new(nsproxy, ns));
}

/**
 * nsg_record_share_nsproxy - the record follows to another's namespaces
 * @rec: a record that was not published yet
 * @from: current's record
 *
 * Context: process context, may sleep.
 */
void nsg_record_share_nsproxy(struct nsg_record *rec,
			      const struct nsg_record *from)
{
	nsg_nsproxy_copy_put(exchange_nsproxy(rec, nsg_nsproxy_copy_get(from->nsproxy)));
}

/**
 * nsg_record_set_nsproxy - the record follows to namespaces as they are now
 * @rec: current's record, or one that was not published yet
 * @nsproxy: the new set
 *
 * Context: process context, may sleep.
 * Return: as nsg_record_follow_nsproxy().
 */
struct nsg_nsproxy_copy *nsg_record_set_nsproxy(struct nsg_record *rec,
						struct nsproxy *nsproxy)
{
	void *ns[NSG_F_NS_COUNT];

	nsg_nsproxy_members(ns, nsproxy);
	return nsg_record_follow_nsproxy(rec, nsproxy, ns);
}

/**
 * nsg_record_follow_rest - the record follows to what the kernel only ever raises
 * @rec: current's record, or one that was not published yet
 *
 * Context: process context.
 */
void nsg_record_follow_rest(struct nsg_record *rec)
{
	struct task_struct *task = rec->task;

	/*
	 * A sibling that gives all threads its filters writes the last one before
	 * their number; here it is the other way round, since a filter that is too
	 * new for its number is not taken for another's.
	 */
	rec->seccomp_filters = atomic_read(&task->seccomp.filter_count);
	smp_rmb(); /* pairs with seccomp_sync_threads() */
	rec->seccomp_filter = READ_ONCE(task->seccomp.filter);
	rec->seccomp_mode = READ_ONCE(task->seccomp.mode);
	rec->no_new_privs = task_no_new_privs(task);
}

/**
 * nsg_record_set_root - the record follows to another root
 * @rec: current's record
 * @root: the root, whose reference is taken over
 *
 * The sweep may be reading the old one: a root is memory for an RCU grace period
 * after its last reference.
 *
 * Context: process context, may sleep.
 */
void nsg_record_set_root(struct nsg_record *rec, struct nsg_root *root)
{
	struct nsg_root *old = rec->root;

	WRITE_ONCE(rec->root, root);
	nsg_root_put(old);
}

/**
 * nsg_record_publish - the task is tracked from here on
 * @rec: a complete record, NEW or PENDING
 * @origin: the container, of which a NEW record takes a reference; a PENDING
 *	one's own
 *
 * Context: any but NMI; in the task, or before it first runs.
 */
void nsg_record_publish(struct nsg_record *rec, struct nsg_origin *origin)
{
	if (nsg_record_is(rec, NSG_REC_PENDING)) {
		/* It has its container already, and is counted. */
		atomic_dec(&pending);
	} else {
		WARN_ON_ONCE(!nsg_record_is(rec, NSG_REC_NEW));
		rec->origin = nsg_origin_get(origin);
		atomic_inc(&origin->tasks);
		atomic_inc(&count);
	}
	/* A child's is its parent's to say. */
	if (!rec->pid_ns)
		rec->pid_ns = task_active_pid_ns(rec->task);
	rec->tgid = rec->task->tgid;
	nsg_mark(rec);
	/* Complete; pairs with nsg_record_is(). */
	smp_store_release(&rec->state, NSG_REC_LIVE);
}

/**
 * nsg_record_move - the task has become part of a nested container
 * @rec: current's record
 * @inner: a container within the record's
 *
 * Context: process context.
 */
void nsg_record_move(struct nsg_record *rec, struct nsg_origin *inner)
{
	struct nsg_origin *outer = rec->origin;

	atomic_inc(&inner->tasks);
	WRITE_ONCE(rec->origin, nsg_origin_get(inner));
	atomic_dec(&outer->tasks);
	nsg_origin_put(outer);
}

/**
 * nsg_record_retire - the task gives up what it holds, so does the record
 * @rec: current's record, or one whose task is not watched any more
 *
 * Before exit_fs(), so that the record never holds the last reference to a
 * mount when the parent learns of the exit.
 *
 * Context: process context, may sleep.
 */
void nsg_record_retire(struct nsg_record *rec)
{
	if (!nsg_record_is(rec, NSG_REC_LIVE))
		return;
	WRITE_ONCE(rec->state, NSG_REC_GONE);
	smp_mb(); /* nsg_record_read_retry() */
	/* The task is about to give back an fs_struct that is the root's. */
	if (!test_bit(NSG_REC_RESCUED, &rec->flags))
		nsg_record_set_root(rec, NULL);
	nsg_nsproxy_copy_put(exchange_nsproxy(rec, NULL));
	nsg_cred_copy_put(&rec->copy);
	put_cred(rec->cred);
	rec->cred = NULL;
	atomic_dec(&rec->origin->tasks);
	atomic_dec(&count);
}

/**
 * nsg_record_exited - the task has given back its fs_struct
 * @rec: current's record, GONE
 *
 * Context: process context, may sleep.
 */
void nsg_record_exited(struct nsg_record *rec)
{
	if (test_and_clear_bit(NSG_REC_RESCUED, &rec->flags))
		nsg_record_set_root(rec, NULL);
}

static bool is_tracked(const struct nsg_record *rec)
{
	return nsg_record_is(rec, NSG_REC_LIVE) ||
	       nsg_record_is(rec, NSG_REC_PENDING);
}

/**
 * nsg_record_tasks - some of the tracked tasks, LIVE and PENDING
 * @tasks: filled with references to tasks, for the caller to put
 * @max: room in @tasks
 * @bucket: where to go on; start with 0; NSG_RECORD_BUCKETS at the end
 *
 * A record is taken out of its bucket before its task is freed, so under the
 * bucket's lock a count that has not fallen to nothing can be raised.  Not to be
 * called once the hooks go: then that is no longer so.
 *
 * Most buckets are empty, or have records of tasks that have exited: it returns
 * after some of them, that a caller who has only so much time can look at it.
 *
 * Context: process context.
 * Return: how many, maybe none.  Of a bucket with more than @max the rest is
 *	counted as skipped.
 */
unsigned int nsg_record_tasks(struct task_struct **tasks, unsigned int max,
			      unsigned int *bucket)
{
	unsigned int i = *bucket, n = 0;
	unsigned int end = min_t(unsigned int, i + BUCKETS_AT_ONCE,
				 NSG_RECORD_BUCKETS);
	struct nsg_record *rec;

	for (; i < end && !n; i++) {
		struct hlist_head *head = &nsg_record_table[i];

		if (hlist_empty(head))
			continue;
		spin_lock_irq(bucket_lock(head));
		hlist_for_each_entry(rec, head, node) {
			if (n == max)
				nsg_count(NSG_C_SWEEP_SKIPPED);
			else if (is_tracked(rec) &&
				 refcount_inc_not_zero(&rec->task->usage))
				tasks[n++] = rec->task;
		}
		spin_unlock_irq(bucket_lock(head));
	}
	*bucket = i;
	return n;
}

/**
 * nsg_record_count - tracked tasks
 *
 * Context: any.
 */
unsigned int nsg_record_count(void)
{
	return atomic_read(&count);
}

/**
 * nsg_record_pending - those of them that have not filled their record yet
 *
 * Context: any.
 */
unsigned int nsg_record_pending(void)
{
	return atomic_read(&pending);
}

static void release_unwatched(struct nsg_record *rec)
{
	nsg_record_retire(rec);
	/* Its task is still on the spare fs_struct, which the root keeps. */
	nsg_record_exited(rec);
	irq_work_sync(&rec->kill);
	release(rec);
}

/**
 * nsg_record_release_all - free all records
 *
 * All hooks are off and nobody is inside: nobody else knows of the records, and
 * their tasks may be gone.
 *
 * Context: process context, may sleep.
 */
void nsg_record_release_all(void)
{
	struct nsg_record *rec, *following;
	struct hlist_node *next;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nsg_record_table); i++) {
		hlist_for_each_entry_safe(rec, next, &nsg_record_table[i],
					  node) {
			unlink_record(rec);
			release_unwatched(rec);
		}
		cond_resched();
	}
	llist_for_each_entry_safe(rec, following, llist_del_all(&orphans),
				  orphan)
		release_unwatched(rec);
}
