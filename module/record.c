// SPDX-License-Identifier: GPL-2.0
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/thread_info.h>
#include <linux/uaccess.h>

#include "compat/compat.h"
#include "counter.h"
#include "hooks.h"
#include "log.h"
#include "origin.h"
#include "record.h"

/* guard.S tests a bucket by its first pointer. */
static_assert(sizeof(struct hlist_head) == 8);
/* struct nsproxy's members, in the order of the fields. */
static_assert(offsetofend(struct nsproxy, cgroup_ns) ==
	      NSG_NSPROXY_START + NSG_NSPROXY_SIZE);

struct hlist_head nsg_record_table[1 << NSG_TABLE_BITS];

#define LOCKS 64
/* A bucket's lock; tasks are freed from softirq too. */
static spinlock_t locks[LOCKS];
static struct kmem_cache *cache;
static atomic_t count;
/* False once the module leaves; only ever goes from true to false. */
static bool marking = true;

static void unset_free_nsproxy(struct nsproxy *ns)
{
}

/* put_nsproxy() is inline and calls this, which is not exported. */
DEFINE_STATIC_CALL(nsg_free_nsproxy, unset_free_nsproxy);

static spinlock_t *bucket_lock(const struct hlist_head *bucket)
{
	return &locks[(bucket - nsg_record_table) % LOCKS];
}

/**
 * nsg_record_init - make the cache and find what the kernel does not export
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM, -ENOENT.
 */
int __init nsg_record_init(void)
{
	unsigned long free_nsproxy = nsg_symbol("free_nsproxy");
	int i;

	if (!free_nsproxy) {
		nsg_err("this kernel has no function free_nsproxy\n");
		return -ENOENT;
	}
	static_call_update(nsg_free_nsproxy,
			   (typeof(&unset_free_nsproxy))free_nsproxy);
	for (i = 0; i < LOCKS; i++)
		spin_lock_init(&locks[i]);
	nsg_cred_copy_init();
	cache = kmem_cache_create("nsguard_record", sizeof(struct nsg_record),
				  0, SLAB_ACCOUNT | SLAB_HWCACHE_ALIGN, NULL);
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

static void put_ns(struct nsproxy *nsproxy)
{
	if (nsproxy && nsg_nsproxy_dec_and_test(nsproxy))
		static_call(nsg_free_nsproxy)(nsproxy);
}

/**
 * nsg_mark - send a task through the system-call gate
 * @task: the task
 *
 * The tracepoint itself is not registered: the bit only makes the kernel take
 * its slow entry path, where the gate stands.
 *
 * Context: any.
 */
void nsg_mark(struct task_struct *task)
{
	if (likely(READ_ONCE(marking)))
		set_task_syscall_work(task, SYSCALL_TRACEPOINT);
}

/**
 * nsg_record_alloc - memory for the record of a task that may become tracked
 * @task: the task
 *
 * Context: process context, may sleep.
 * Return: a record for nsg_record_insert() or nsg_record_discard(), or NULL.
 */
struct nsg_record *nsg_record_alloc(struct task_struct *task)
{
	struct nsg_record *rec = kmem_cache_zalloc(cache, GFP_KERNEL);

	if (!rec) {
		nsg_count(NSG_C_ALLOC_FAILURES);
		return NULL;
	}
	rec->root = nsg_root_alloc();
	if (!rec->root) {
		kmem_cache_free(cache, rec);
		return NULL;
	}
	rec->task = task;
	INIT_HLIST_NODE(&rec->node);
	return rec;
}

/**
 * nsg_record_pend - the task itself shall fill the record
 * @rec: a record that was not inserted yet
 * @origin: the container, whose reference is taken over
 *
 * Context: any.
 */
void nsg_record_pend(struct nsg_record *rec, struct nsg_origin *origin)
{
	rec->origin = origin;
	set_bit(NSG_REC_PENDING, &rec->flags);
	atomic_inc(&origin->tasks);
	atomic_inc(&count);
}

static void uncount_pending(struct nsg_record *rec)
{
	if (!test_and_clear_bit(NSG_REC_PENDING, &rec->flags))
		return;
	atomic_dec(&rec->origin->tasks);
	atomic_dec(&count);
}

/**
 * nsg_record_discard - undo nsg_record_alloc()
 * @rec: a record that was not inserted, or NULL
 *
 * Context: any.
 */
void nsg_record_discard(struct nsg_record *rec)
{
	if (!rec)
		return;
	uncount_pending(rec);
	nsg_origin_put(rec->origin);
	kfree(rec->root);
	kmem_cache_free(cache, rec);
}

static void free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct nsg_record, rcu));
}

/* It has no node any more. */
static void release(struct nsg_record *rec)
{
	/* Retired it has none; what never went live did not use it. */
	kfree(rec->root);
	uncount_pending(rec);
	nsg_origin_put(rec->origin);
	call_rcu(&rec->rcu, free_rcu);
}

static void unlink(struct nsg_record *rec)
{
	spinlock_t *lock = bucket_lock(nsg_record_bucket(rec->task));
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	hlist_del_rcu(&rec->node);
	spin_unlock_irqrestore(lock, flags);
	release(rec);
}

/**
 * nsg_record_insert - let a record be found
 * @rec: the record; whoever finds it sees it is not live yet
 *
 * A pending record gives way: its task has come to be tracked in another way.
 *
 * Context: process context.
 * Return: false if @rec is pending and the task has a record.
 */
bool nsg_record_insert(struct nsg_record *rec)
{
	bool pending = test_bit(NSG_REC_PENDING, &rec->flags);
	struct hlist_head *bucket = nsg_record_bucket(rec->task);
	struct nsg_record *old;

	spin_lock_irq(bucket_lock(bucket));
	old = nsg_record_of(rec->task);
	if (old && !pending)
		hlist_del_rcu(&old->node);
	if (!old || !pending)
		hlist_add_head_rcu(&rec->node, bucket);
	spin_unlock_irq(bucket_lock(bucket));
	if (old && !pending)
		release(old);
	return !old || !pending;
}

/**
 * nsg_record_remove - a task's memory is about to be freed
 * @task: the task, tracked or not; it exited, or its fork failed
 *
 * What the record owned is gone already (nsg_record_retire()), or was never
 * taken.
 *
 * Context: any but NMI.
 */
void nsg_record_remove(struct task_struct *task)
{
	struct nsg_record *rec = nsg_record_of(task);

	if (rec)
		unlink(rec);
}

/**
 * nsg_record_follow_cred - the record follows to another credential
 * @rec: current's record, or one that was not published yet
 * @cred: the new credential
 * @copy: its contents when they were judged
 *
 * Context: any but interrupts.
 */
void nsg_record_follow_cred(struct nsg_record *rec, const struct cred *cred,
			    const struct nsg_cred_copy *copy)
{
	const struct cred *old = rec->cred;

	get_cred(cred);
	rec->copy = *copy;
	WRITE_ONCE(rec->cred, cred);
	put_cred(old);
}

/**
 * nsg_record_set_cred - the record follows to a credential as it is now
 * @rec: current's record, or one that was not published yet
 * @cred: the new credential
 *
 * Context: any but interrupts.
 */
void nsg_record_set_cred(struct nsg_record *rec, const struct cred *cred)
{
	struct nsg_cred_copy copy;

	nsg_cred_copy(&copy, cred);
	nsg_record_follow_cred(rec, cred, &copy);
}

/**
 * nsg_record_follow_nsproxy - the record follows to other namespaces
 * @rec: current's record, or one that was not published yet
 * @nsproxy: the new set
 * @ns: its members when they were judged
 *
 * Context: process context, may sleep.
 */
void nsg_record_follow_nsproxy(struct nsg_record *rec, struct nsproxy *nsproxy,
			       void *const *ns)
{
	struct nsproxy *old = rec->nsproxy;

	get_nsproxy(nsproxy);
	memcpy(rec->ns, ns, sizeof(rec->ns));
	WRITE_ONCE(rec->nsproxy, nsproxy);
	put_ns(old);
}

/**
 * nsg_record_set_nsproxy - the record follows to namespaces as they are now
 * @rec: current's record, or one that was not published yet
 * @nsproxy: the new set
 *
 * Context: process context, may sleep.
 */
void nsg_record_set_nsproxy(struct nsg_record *rec, struct nsproxy *nsproxy)
{
	void *ns[NSG_F_NS_COUNT];

	nsg_nsproxy_members(ns, nsproxy);
	nsg_record_follow_nsproxy(rec, nsproxy, ns);
}

/**
 * nsg_record_publish - the task is tracked from here on
 * @rec: a complete record; takes a reference on @origin
 * @origin: the container; of a pending record its own
 *
 * Context: process context, in the task or before it first runs.
 */
void nsg_record_publish(struct nsg_record *rec, struct nsg_origin *origin)
{
	/* What is pending has its container already, and is counted. */
	if (!test_and_clear_bit(NSG_REC_PENDING, &rec->flags)) {
		rec->origin = nsg_origin_get(origin);
		atomic_inc(&origin->tasks);
		atomic_inc(&count);
	}
	rec->pid_ns = task_active_pid_ns(rec->task);
	nsg_mark(rec->task);
	smp_mb__before_atomic(); /* complete before it is live */
	set_bit(NSG_REC_LIVE, &rec->flags);
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
 * @rec: current's record
 *
 * Before exit_fs(), so that the record never holds the last reference to a
 * mount when the parent learns of the exit.
 *
 * Context: process context, may sleep.
 */
void nsg_record_retire(struct nsg_record *rec)
{
	if (!test_and_clear_bit(NSG_REC_LIVE, &rec->flags))
		return;
	smp_mb__after_atomic(); /* nsg_record_read_retry() */
	nsg_root_put(rec->root);
	rec->root = NULL;
	put_ns(rec->nsproxy);
	rec->nsproxy = NULL;
	put_cred(rec->cred);
	rec->cred = NULL;
	atomic_dec(&rec->origin->tasks);
	atomic_dec(&count);
}

/**
 * nsg_record_tasks - some of the tracked tasks
 * @tasks: filled with references to tasks, for the caller to put
 * @max: room in @tasks
 * @bucket: where to go on; start with 0
 *
 * A record is taken out of its bucket before its task is freed, so under the
 * bucket's lock a count that has not fallen to nothing can be raised.
 *
 * Context: process context.
 * Return: how many; 0 at the end.  Of a bucket with more than @max the rest
 *	is counted as skipped.
 */
unsigned int nsg_record_tasks(struct task_struct **tasks, unsigned int max,
			      unsigned int *bucket)
{
	struct nsg_record *rec;
	unsigned int n = 0;

	for (; *bucket < ARRAY_SIZE(nsg_record_table) && !n; (*bucket)++) {
		struct hlist_head *head = &nsg_record_table[*bucket];

		if (hlist_empty(head))
			continue;
		spin_lock_irq(bucket_lock(head));
		hlist_for_each_entry(rec, head, node) {
			if (n == max)
				nsg_count(NSG_C_SWEEP_SKIPPED);
			else if (test_bit(NSG_REC_LIVE, &rec->flags) &&
				 refcount_inc_not_zero(&rec->task->usage))
				tasks[n++] = rec->task;
		}
		spin_unlock_irq(bucket_lock(head));
	}
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
 * nsg_marks_off - take the mark off every tracked task, and set it no more
 *
 * While the hooks still stand, or the tasks could not be walked; the checks of
 * the mark have to be suspended (nsg_rearming).  A task that is forked at this
 * moment may keep its mark, and with it the kernel's slower entry path.
 *
 * Context: process context, may sleep.
 */
void nsg_marks_off(void)
{
	struct task_struct *tasks[16];
	unsigned int bucket = 0, i, n;

	WRITE_ONCE(marking, false);
	while ((n = nsg_record_tasks(tasks, ARRAY_SIZE(tasks), &bucket))) {
		for (i = 0; i < n; i++) {
			clear_task_syscall_work(tasks[i], SYSCALL_TRACEPOINT);
			put_task_struct(tasks[i]);
		}
	}
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
	struct hlist_node *next;
	struct nsg_record *rec;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(nsg_record_table); i++) {
		hlist_for_each_entry_safe(rec, next, &nsg_record_table[i],
					  node) {
			nsg_record_retire(rec);
			unlink(rec);
		}
	}
}
