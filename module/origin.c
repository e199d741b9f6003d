// SPDX-License-Identifier: GPL-2.0
#include <linux/atomic.h>
#include <linux/cgroup.h>
#include <linux/fs_struct.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "cache.h"
#include "counter.h"
#include "host.h"
#include "lineage.h"
#include "origin.h"
#include "record.h"
#include "subject.h"
#include "userns.h"
#include "work.h"

LIST_HEAD(nsg_origins);
/* The last reference can go in softirq, with the last task. */
static DEFINE_SPINLOCK(origins_lock);
static unsigned int origins_count; /* under origins_lock */
static u64 last_id; /* under origins_lock */
static struct kmem_cache *cache;

/**
 * nsg_origins_init - make the cache
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM.
 */
int __init nsg_origins_init(void)
{
	nsg_budgets_init();
	cache = NSG_CACHE(struct nsg_origin, "origin");
	return cache ? 0 : -ENOMEM;
}

/**
 * nsg_origins_exit - the last container has gone
 *
 * Context: process context, may sleep.
 */
void nsg_origins_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

/**
 * nsg_start_classify - the start rule
 * @start: what the task looks like at the end of an exec
 *
 * The root and the mount namespace alone are not enough: systemd's
 * RootDirectory= services and chroot-like tools have both and share all else
 * with the host, so they, like a container with the host's pid and user
 * namespaces, are ambiguous.
 *
 * Context: any.
 */
enum nsg_start_class nsg_start_classify(const struct nsg_start *start)
{
	if (!start->own_mnt_ns || !start->own_root)
		return NSG_START_NONE;
	return start->own_pid_or_user_ns ? NSG_START_CERTAIN :
					   NSG_START_AMBIGUOUS;
}

/**
 * nsg_origin_alloc - memory for a container that may start
 *
 * Before the point of no return of the exec that may start it, so that a lack
 * of memory fails the exec and not the guard.
 *
 * Context: process context, may sleep.
 * Return: an origin with one reference and in no list, or NULL.
 */
struct nsg_origin *nsg_origin_alloc(void)
{
	struct nsg_origin *origin = kmem_cache_zalloc(cache, GFP_KERNEL);

	if (!origin) {
		nsg_count(NSG_C_ALLOC_FAILURES);
		return NULL;
	}
	refcount_set(&origin->ref, 1);
	INIT_LIST_HEAD(&origin->list);
	INIT_LIST_HEAD(&origin->lineage);
	nsg_budget_init(&origin->budget);
	return origin;
}

/*
 * The user who has made its user namespace.  The credential may be a forged one, from
 * before the module was loaded.
 */
static uid_t maker_of(struct task_struct *task)
{
	const struct user_namespace *ns;
	uid_t maker = 0;

	rcu_read_lock();
	if (!copy_from_kernel_nofault(&ns, &__task_cred(task)->user_ns, sizeof(ns)))
		maker = nsg_userns_maker(ns);
	rcu_read_unlock();
	return maker;
}

static void label(struct nsg_origin *origin, struct task_struct *task)
{
	const char *leaf;
	int len;

	rcu_read_lock();
	len = cgroup_path(task_dfl_cgroup(task), origin->cgroup,
			  sizeof(origin->cgroup));
	rcu_read_unlock();
	if (len < 0)
		origin->cgroup[0] = '\0';
	leaf = strrchr(origin->cgroup, '/');
	if (leaf && leaf[1])
		strscpy(origin->name, leaf + 1, sizeof(origin->name));
	else
		snprintf(origin->name, sizeof(origin->name), "mnt-%u",
			 origin->mnt_ns);
}

static void publish(struct nsg_origin *origin, struct task_struct *task)
{
	label(origin, task);
	/* A nested one is told of by the outermost one's, and counts for it. */
	if (!origin->parent) {
		origin->user = maker_of(task);
		nsg_budget_open(&origin->budget, origin->user);
	}
	origin->started = ktime_get_real_ns();
	spin_lock_irq(&origins_lock);
	/* Under the lock: the list is in the order of the ids. */
	origin->id = ++last_id;
	list_add_tail_rcu(&origin->list, &nsg_origins);
	origins_count++;
	spin_unlock_irq(&origins_lock);
}

/**
 * nsg_origin_start - current starts a container
 * @origin: from nsg_origin_alloc()
 * @certain: the start rule was met in full
 * @restored: from a checkpoint
 *
 * The namespaces that the first task has are the container's, those it shares
 * with the host too: to come back to them is no escape.
 *
 * Context: process context of the container's first task, may sleep.
 */
void nsg_origin_start(struct nsg_origin *origin, bool certain, bool restored)
{
	u32 inum[NSG_F_NS_COUNT];
	struct path root;
	int i;

	nsg_ns_inums(current->nsproxy, inum);
	origin->adopted = restored;
	origin->lossy = restored;
	origin->certain = certain;
	origin->mnt_ns = inum[NSG_F_MNT_NS - NSG_F_NS_FIRST];
	origin->pid_ns = task_active_pid_ns(current)->ns.inum;
	origin->user_ns = current_user_ns()->ns.inum;
	get_fs_root(current->fs, &root);
	origin->root_dev = root.dentry->d_sb->s_dev;
	origin->root_ino = d_inode(root.dentry)->i_ino;
	path_put(&root);
	for (i = 0; i < NSG_F_NS_COUNT; i++)
		nsg_lineage_add(origin, inum[i]);
	nsg_lineage_add(origin, origin->pid_ns);
	nsg_lineage_add(origin, origin->user_ns);
	publish(origin, current);
}

static void take_numbers(struct nsg_origin *origin,
			 const struct nsg_subject *first)
{
	origin->mnt_ns = first->v[NSG_F_MNT_NS];
	origin->pid_ns = first->v[NSG_F_PID_NS];
	origin->user_ns = first->v[NSG_F_USER_NS];
	origin->root_dev = first->v[NSG_F_ROOT_DEV];
	origin->root_ino = first->v[NSG_F_ROOT_INO];
}

/**
 * nsg_origin_nest - current, a container's task, starts one inside it
 * @origin: from nsg_origin_alloc()
 * @parent: its container, held by the caller
 * @first: what the record says of current
 *
 * Of what current has the new container gets what belongs to the outer one: it
 * can't get more by nesting.
 *
 * Context: process context of the container's first task, may sleep.
 */
void nsg_origin_nest(struct nsg_origin *origin, struct nsg_origin *parent,
		     const struct nsg_subject *first)
{
	int i;

	origin->parent = nsg_origin_get(parent);
	origin->depth = parent->depth + 1;
	origin->certain = true;
	take_numbers(origin, first);
	for (i = NSG_F_NS_FIRST; i <= NSG_F_PID_NS; i++)
		if (nsg_lineage_has(parent, first->v[i]))
			nsg_lineage_add(origin, first->v[i]);
	if (nsg_lineage_has(parent, origin->user_ns))
		nsg_lineage_add(origin, origin->user_ns);
	publish(origin, current);
}

/**
 * nsg_origin_adopt - a container ran before the module was loaded
 * @origin: from nsg_origin_alloc()
 * @first: the namespaces and the root of its first process
 * @task: one of its tasks, for the label; held by the caller
 * @pid_ns: its outermost process namespace, 0 if others in that are not the container's
 * @certain: the start rule is met in full
 *
 * Context: process context, may sleep.
 */
void nsg_origin_adopt(struct nsg_origin *origin,
		      const struct nsg_subject *first,
		      struct task_struct *task, u32 pid_ns, bool certain)
{
	int i;

	origin->adopted = true;
	/* Of those that no task is in, which a mount or a descriptor keeps. */
	origin->lossy = true;
	origin->certain = certain;
	take_numbers(origin, first);
	origin->by_mounts = !pid_ns;
	if (pid_ns)
		origin->pid_ns = pid_ns;
	for (i = NSG_F_NS_FIRST; i <= NSG_F_PID_NS; i++)
		nsg_lineage_add(origin, first->v[i]);
	nsg_lineage_add(origin, origin->user_ns);
	publish(origin, task);
}

/**
 * nsg_origin_find_outermost - a container that is in no other, by its processes
 * @pid_ns: inode number of its process namespace
 *
 * Context: process context.
 * Return: the container with a reference, or NULL.
 */
struct nsg_origin *nsg_origin_find_outermost(u32 pid_ns)
{
	struct nsg_origin *origin, *found = NULL;

	rcu_read_lock();
	list_for_each_entry_rcu(origin, &nsg_origins, list)
		if (!origin->parent && !origin->by_mounts &&
		    origin->pid_ns == pid_ns) {
			found = nsg_origin_tryget(origin);
			break;
		}
	rcu_read_unlock();
	return found;
}

/**
 * nsg_origin_find - a container by its id
 * @id: the id
 *
 * Context: process context.
 * Return: the container with a reference, or NULL.
 */
struct nsg_origin *nsg_origin_find(u64 id)
{
	struct nsg_origin *origin, *found = NULL;

	rcu_read_lock();
	list_for_each_entry_rcu(origin, &nsg_origins, list)
		if (origin->id == id) {
			found = nsg_origin_tryget(origin);
			break;
		}
	rcu_read_unlock();
	return found;
}

/**
 * nsg_origin_make_certain - somebody who knows says that it is a container
 * @origin: a container whose start was ambiguous
 *
 * Context: any.
 */
void nsg_origin_make_certain(struct nsg_origin *origin)
{
	WRITE_ONCE(origin->certain, true);
}

/**
 * nsg_origin_grow - a task has come to other namespaces
 * @origin: its container, held by the caller
 * @had: the namespaces that it had before, in the order of the fields
 * @now: those it has, kept alive by the caller
 *
 * What it had already may be the host's and does not become the container's: an
 * administrator's task brings some along.  Nor does what nobody refused, in mode
 * off, and would have otherwise.
 *
 * Context: process context, may sleep.
 */
void nsg_origin_grow(struct nsg_origin *origin, void *const *had,
		     void *const *now)
{
	u32 inum;
	int i;

	for (i = 0; i < NSG_F_NS_COUNT; i++) {
		inum = nsg_ns_inum(now[i], i);
		if (now[i] != had[i] && nsg_host_may_own(origin, inum))
			nsg_lineage_add(origin, inum);
	}
}

/**
 * nsg_origin_tryget - take a reference on an origin found under RCU
 * @origin: the origin
 *
 * Context: any, under RCU.
 * Return: @origin, or NULL if it has ended.
 */
struct nsg_origin *nsg_origin_tryget(struct nsg_origin *origin)
{
	return refcount_inc_not_zero(&origin->ref) ? origin : NULL;
}

/**
 * nsg_origin_get - take another reference
 * @origin: an origin that the caller holds
 *
 * Context: any.
 */
struct nsg_origin *nsg_origin_get(struct nsg_origin *origin)
{
	refcount_inc(&origin->ref);
	return origin;
}

static void free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct nsg_origin, rcu));
}

static void end(struct work_struct *work)
{
	struct nsg_origin *origin = container_of(work, struct nsg_origin, work);

	nsg_lineage_drop(origin);
	nsg_budget_close(&origin->budget);
	nsg_origin_put(origin->parent);
	call_rcu(&origin->rcu, free_rcu);
}

/**
 * nsg_origin_put - drop a reference
 * @origin: the origin, or NULL
 *
 * The last one goes with the last task, maybe in softirq; what is remembered of
 * its namespaces takes longer than may be spent there.
 *
 * Context: any but NMI.
 */
void nsg_origin_put(struct nsg_origin *origin)
{
	unsigned long flags;

	if (!origin || !refcount_dec_and_test(&origin->ref))
		return;
	spin_lock_irqsave(&origins_lock, flags);
	if (!list_empty(&origin->list)) {
		list_del_rcu(&origin->list);
		origins_count--;
	}
	spin_unlock_irqrestore(&origins_lock, flags);
	INIT_WORK(&origin->work, end);
	queue_work(nsg_wq, &origin->work);
}

/**
 * nsg_origin_within - is a container nested in another, however deep?
 * @inner: a container that the caller holds, or NULL
 * @outer: the other
 *
 * Context: any.
 * Return: false also if they are the same.
 */
bool nsg_origin_within(const struct nsg_origin *inner,
		       const struct nsg_origin *outer)
{
	while (inner) {
		inner = inner->parent;
		if (inner == outer)
			return true;
	}
	return false;
}

/**
 * nsg_origin_count - containers that have a task
 *
 * Context: any.
 */
unsigned int nsg_origin_count(void)
{
	return READ_ONCE(origins_count);
}

/**
 * nsg_origin_key - whom its violations are counted for
 * @origin: a container
 *
 * Context: any.
 * Return: a number for the outermost container, or for the user who makes such.
 */
u64 nsg_origin_key(const struct nsg_origin *origin)
{
	while (origin->parent)
		origin = origin->parent;
	return origin->user ? BIT_ULL(63) | origin->user : origin->id;
}
