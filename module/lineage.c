// SPDX-License-Identifier: GPL-2.0
#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>

#include "cache.h"
#include "counter.h"
#include "lineage.h"
#include "origin.h"

/**
 * struct space - a namespace that containers have
 * @node: in spaces, under lineage_lock, read under RCU
 * @inum: its inode number
 * @owners: their entries, one at least; under lineage_lock, read under RCU
 * @rcu: frees it
 */
struct space {
	struct hlist_node node;
	u32 inum;
	struct hlist_head owners;
	struct rcu_head rcu;
};

/**
 * struct entry - one of them has it
 * @node: in entries, under lineage_lock, read under RCU
 * @peer: in its space's owners, likewise
 * @sibling: in the origin's list, under lineage_lock
 * @origin: the container; outlives the entry (nsg_lineage_drop())
 * @space: the namespace; alive while the entry is in its list
 * @rcu: frees it
 *
 * All containers may share a namespace, and no list is as long as they are many but
 * that of the owners, which nobody walks for one of them.
 */
struct entry {
	struct hlist_node node;
	struct hlist_node peer;
	struct list_head sibling;
	struct nsg_origin *origin;
	struct space *space;
	struct rcu_head rcu;
};

/* Of 10,000 containers with eight of their own: 20 to a bucket, and 6. */
static DEFINE_HASHTABLE(spaces, 12);
static DEFINE_HASHTABLE(entries, 14);
/* Namespaces are freed from softirq too: taken with interrupts off. */
static DEFINE_SPINLOCK(lineage_lock);
static struct kmem_cache *entry_cache, *space_cache;

/**
 * nsg_lineage_init - make the caches
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM.
 */
int __init nsg_lineage_init(void)
{
	entry_cache = NSG_CACHE(struct entry, "lineage");
	space_cache = NSG_CACHE(struct space, "space");
	if (entry_cache && space_cache)
		return 0;
	nsg_lineage_exit();
	return -ENOMEM;
}

/**
 * nsg_lineage_exit - the last container has gone
 *
 * Context: process context, may sleep.
 */
void nsg_lineage_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(entry_cache);
	kmem_cache_destroy(space_cache);
}

static u64 key_of(const struct nsg_origin *origin, u32 inum)
{
	return (unsigned long)origin ^ (u64)inum << 32;
}

static struct entry *find(const struct nsg_origin *origin, u32 inum)
{
	struct entry *e;

	hash_for_each_possible_rcu(entries, e, node, key_of(origin, inum),
				   lockdep_is_held(&lineage_lock))
		if (e->origin == origin && e->space->inum == inum)
			return e;
	return NULL;
}

static struct space *find_space(u32 inum)
{
	struct space *space;

	hash_for_each_possible_rcu(spaces, space, node, inum,
				   lockdep_is_held(&lineage_lock))
		if (space->inum == inum)
			return space;
	return NULL;
}

/**
 * nsg_lineage_has - is this namespace the container's?
 * @origin: the container
 * @inum: inode number of the namespace
 *
 * Context: any but NMI.
 */
bool nsg_lineage_has(const struct nsg_origin *origin, u32 inum)
{
	bool has;

	rcu_read_lock();
	has = find(origin, inum);
	rcu_read_unlock();
	return has;
}

/**
 * nsg_lineage_foreign - is this namespace another container's and not this
 *	one's?
 * @origin: the container that asks
 * @inum: inode number of the namespace
 *
 * Context: any but NMI.
 */
bool nsg_lineage_foreign(const struct nsg_origin *origin, u32 inum)
{
	bool foreign;

	rcu_read_lock();
	foreign = find_space(inum);
	/* Who finds the space by its first entry finds the entry: link_entry(). */
	smp_rmb();
	foreign = foreign && !find(origin, inum);
	rcu_read_unlock();
	return foreign;
}

static void link_entry(struct entry *e)
{
	struct space *space = e->space;

	lockdep_assert_held(&lineage_lock);
	e->origin->namespaces++;
	list_add(&e->sibling, &e->origin->lineage);
	hash_add_rcu(entries, &e->node, key_of(e->origin, space->inum));
	hlist_add_head_rcu(&e->peer, &space->owners);
	/* Pairs with nsg_lineage_foreign(). */
	if (hlist_unhashed(&space->node))
		hash_add_rcu(spaces, &space->node, space->inum);
}

/* Takes @e and @spare if it succeeds with them: they are NULL then. */
static int add_prepared(struct nsg_origin *origin, u32 inum, struct entry **e,
			struct space **spare)
{
	lockdep_assert_held(&lineage_lock);
	if (find(origin, inum))
		return 0;
	if (origin->namespaces >= NSG_LINEAGE_MAX)
		return -ENOSPC;
	(*e)->origin = origin;
	(*e)->space = find_space(inum);
	if (!(*e)->space)
		swap((*e)->space, *spare);
	link_entry(*e);
	*e = NULL;
	return 0;
}

static int add(struct nsg_origin *origin, u32 inum)
{
	struct space *spare;
	struct entry *e;
	int err = -ENOMEM;

	if (nsg_lineage_has(origin, inum))
		return 0;
	e = kmem_cache_zalloc(entry_cache, GFP_KERNEL);
	spare = kmem_cache_zalloc(space_cache, GFP_KERNEL);
	if (e && spare) {
		spare->inum = inum;
		spin_lock_irq(&lineage_lock);
		err = add_prepared(origin, inum, &e, &spare);
		spin_unlock_irq(&lineage_lock);
	}
	if (e)
		kmem_cache_free(entry_cache, e);
	if (spare)
		kmem_cache_free(space_cache, spare);
	if (err) {
		nsg_count(err == -ENOSPC ? NSG_C_LINEAGE_FULL :
					   NSG_C_ALLOC_FAILURES);
		WRITE_ONCE(origin->lossy, true);
	}
	return err;
}

/**
 * nsg_lineage_add - a namespace becomes the container's
 * @origin: the container, held by the caller; and those that it is nested in
 * @inum: inode number of a namespace that the caller keeps alive; 0, of a kind that
 *	this kernel has not, is none
 *
 * Context: process context, may sleep.
 * Return: 0, also if it is the container's already; -ENOMEM; -ENOSPC at the
 *	container's cap.  Either is counted, and from then on the container is
 *	lossy: what it has lost can't be told from what was never its.
 */
int nsg_lineage_add(struct nsg_origin *origin, u32 inum)
{
	int err;

	if (!inum)
		return 0;
	err = add(origin, inum);
	while ((origin = origin->parent))
		add(origin, inum);
	return err;
}

/**
 * nsg_lineage_owner_get - the container that a mount namespace belongs to
 * @mnt_inum: its inode number
 *
 * Context: any but NMI.
 * Return: the innermost such container with a reference, or NULL.
 */
struct nsg_origin *nsg_lineage_owner_get(u32 mnt_inum)
{
	struct nsg_origin *origin = NULL;
	struct space *space;
	struct entry *e;

	rcu_read_lock();
	space = find_space(mnt_inum);
	if (space)
		hlist_for_each_entry_rcu(e, &space->owners, peer) {
			if ((origin && e->origin->depth <= origin->depth) ||
			    !nsg_origin_tryget(e->origin))
				continue;
			nsg_origin_put(origin);
			origin = e->origin;
		}
	rcu_read_unlock();
	return origin;
}

static void free_entry(struct rcu_head *rcu)
{
	kmem_cache_free(entry_cache, container_of(rcu, struct entry, rcu));
}

static void free_space(struct rcu_head *rcu)
{
	kmem_cache_free(space_cache, container_of(rcu, struct space, rcu));
}

static void unlink_entry(struct entry *e)
{
	struct space *space = e->space;

	lockdep_assert_held(&lineage_lock);
	/* First, since who finds the entry looks into the space. */
	hash_del_rcu(&e->node);
	hlist_del_rcu(&e->peer);
	list_del(&e->sibling);
	e->origin->namespaces--;
	call_rcu(&e->rcu, free_entry);
	if (hlist_empty(&space->owners)) {
		hash_del_rcu(&space->node);
		call_rcu(&space->rcu, free_space);
	}
}

/* So many go in one stretch without interrupts. */
#define BATCH 64

static unsigned int forget_some(u32 inum)
{
	struct hlist_node *next;
	unsigned int n = 0;
	struct space *space;
	struct entry *e;
	unsigned long flags;

	spin_lock_irqsave(&lineage_lock, flags);
	space = find_space(inum);
	if (space)
		hlist_for_each_entry_safe(e, next, &space->owners, peer) {
			unlink_entry(e);
			if (++n == BATCH)
				break;
		}
	spin_unlock_irqrestore(&lineage_lock, flags);
	return n;
}

/**
 * nsg_lineage_forget - the kernel frees this number
 * @inum: inode number of a dying namespace, or of something that is none
 *
 * Context: any but NMI.
 */
void nsg_lineage_forget(u32 inum)
{
	/* As many as there are containers may have shared it. */
	while (forget_some(inum) == BATCH)
		;
}

/**
 * nsg_lineage_drop - a container has ended
 * @origin: it, with no reference left
 *
 * Context: process context, may sleep.
 */
void nsg_lineage_drop(struct nsg_origin *origin)
{
	struct entry *e, *next;
	unsigned int n;

	do {
		n = 0;
		spin_lock_irq(&lineage_lock);
		list_for_each_entry_safe(e, next, &origin->lineage, sibling) {
			unlink_entry(e);
			if (++n == BATCH)
				break;
		}
		spin_unlock_irq(&lineage_lock);
		cond_resched();
	} while (n == BATCH);
}
