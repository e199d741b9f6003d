// SPDX-License-Identifier: GPL-2.0
#include <linux/hashtable.h>
#include <linux/rculist.h>
#include <linux/spinlock.h>

#include "cache.h"
#include "counter.h"
#include "lineage.h"
#include "origin.h"

/**
 * struct entry - one namespace of one container
 * @node: in table, under table_lock, read under RCU
 * @sibling: in the origin's list, under table_lock
 * @origin: the container; outlives the entry (nsg_lineage_drop())
 * @inum: inode number of the namespace
 * @rcu: frees it
 *
 * A namespace that two containers share has an entry for each.
 */
struct entry {
	struct hlist_node node;
	struct list_head sibling;
	struct nsg_origin *origin;
	u32 inum;
	struct rcu_head rcu;
};

static DEFINE_HASHTABLE(table, 10);
/* Namespaces are freed from softirq too: taken with interrupts off. */
static DEFINE_SPINLOCK(table_lock);
static struct kmem_cache *cache;

/**
 * nsg_lineage_init - make the cache
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM.
 */
int __init nsg_lineage_init(void)
{
	cache = NSG_CACHE(struct entry, "lineage");
	return cache ? 0 : -ENOMEM;
}

/**
 * nsg_lineage_exit - the last container has gone
 *
 * Context: process context, may sleep.
 */
void nsg_lineage_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

static struct entry *find(const struct nsg_origin *origin, u32 inum)
{
	struct entry *e;

	hash_for_each_possible_rcu(table, e, node, inum,
				   lockdep_is_held(&table_lock))
		if (e->inum == inum && e->origin == origin)
			return e;
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
	bool foreign = false;
	struct entry *e;

	rcu_read_lock();
	hash_for_each_possible_rcu(table, e, node, inum) {
		if (e->inum != inum)
			continue;
		if (e->origin == origin) {
			foreign = false;
			break;
		}
		foreign = true;
	}
	rcu_read_unlock();
	return foreign;
}

static int add(struct nsg_origin *origin, u32 inum)
{
	struct entry *e;
	int err = 0;

	if (nsg_lineage_has(origin, inum))
		return 0;
	e = kmem_cache_zalloc(cache, GFP_KERNEL);
	if (!e) {
		nsg_count(NSG_C_ALLOC_FAILURES);
		WRITE_ONCE(origin->lossy, true);
		return -ENOMEM;
	}
	e->origin = origin;
	e->inum = inum;

	spin_lock_irq(&table_lock);
	if (find(origin, inum)) {
		kmem_cache_free(cache, e);
	} else if (origin->namespaces >= NSG_LINEAGE_MAX) {
		kmem_cache_free(cache, e);
		nsg_count(NSG_C_LINEAGE_FULL);
		WRITE_ONCE(origin->lossy, true);
		err = -ENOSPC;
	} else {
		origin->namespaces++;
		list_add(&e->sibling, &origin->lineage);
		hash_add_rcu(table, &e->node, inum);
	}
	spin_unlock_irq(&table_lock);
	return err;
}

/**
 * nsg_lineage_add - a namespace becomes the container's
 * @origin: the container, held by the caller; and those that it is nested in
 * @inum: inode number of a namespace that the caller keeps alive
 *
 * Context: process context, may sleep.
 * Return: 0, also if it is the container's already; -ENOMEM; -ENOSPC at the
 *	container's cap.  Either is counted, and from then on the container is
 *	lossy: what it has lost can't be told from what was never its.
 */
int nsg_lineage_add(struct nsg_origin *origin, u32 inum)
{
	int err = add(origin, inum);

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
	struct entry *e;

	rcu_read_lock();
	hash_for_each_possible_rcu(table, e, node, mnt_inum) {
		if (e->inum != mnt_inum ||
		    (origin && e->origin->depth <= origin->depth) ||
		    !nsg_origin_tryget(e->origin))
			continue;
		nsg_origin_put(origin);
		origin = e->origin;
	}
	rcu_read_unlock();
	return origin;
}

static void free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct entry, rcu));
}

static void unlink_entry(struct entry *e)
{
	lockdep_assert_held(&table_lock);
	hash_del_rcu(&e->node);
	list_del(&e->sibling);
	e->origin->namespaces--;
	call_rcu(&e->rcu, free_rcu);
}

/* So many go in one stretch without interrupts. */
#define BATCH 64

static unsigned int forget_some(u32 inum)
{
	struct hlist_node *next;
	unsigned int n = 0;
	struct entry *e;
	unsigned long flags;

	spin_lock_irqsave(&table_lock, flags);
	hash_for_each_possible_safe(table, e, next, node, inum) {
		if (e->inum != inum)
			continue;
		unlink_entry(e);
		if (++n == BATCH)
			break;
	}
	spin_unlock_irqrestore(&table_lock, flags);
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
		spin_lock_irq(&table_lock);
		list_for_each_entry_safe(e, next, &origin->lineage, sibling) {
			unlink_entry(e);
			if (++n == BATCH)
				break;
		}
		spin_unlock_irq(&table_lock);
		cond_resched();
	} while (n == BATCH);
}
