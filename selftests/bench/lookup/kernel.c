// SPDX-License-Identifier: GPL-2.0
/*
 * What the kernel offers: its resizable table, its arrays, a list in the task.
 */
#include <linux/rhashtable.h>
#include <linux/slab.h>
#include <linux/xarray.h>

#include "record_table.h"
#include "store.h"

static u32 hash_task(const void *data, u32 len, u32 seed)
{
	return (*(const u64 *)data * NSG_TABLE_HASH) >> 32;
}

/* The kernel's resizable table, with its own hash function and a cheap one. */
#define RHASH(name, ...)						\
static const struct rhashtable_params name##_params = {		\
	.key_len = sizeof(struct task_struct *),			\
	.key_offset = offsetof(struct entry, task),			\
	.head_offset = offsetof(struct entry, linked),			\
	.automatic_shrinking = true,					\
	__VA_ARGS__							\
};									\
static struct rhashtable name;						\
static int name##_insert(struct entry *entry)				\
{									\
	return rhashtable_insert_fast(&name, &entry->linked,		\
				      name##_params);			\
}									\
static void name##_remove(struct entry *entry)				\
{									\
	rhashtable_remove_fast(&name, &entry->linked, name##_params);	\
}									\
static noinline void *name##_find(struct task_struct *task)		\
{									\
	return rhashtable_lookup_fast(&name, &task, name##_params);	\
}									\
static size_t name##_bytes(void)					\
{									\
	return struct_size(rcu_access_pointer(name.tbl), buckets,	\
			   rcu_access_pointer(name.tbl)->size);		\
}

RHASH(rhash_jhash)
RHASH(rhash_golden, .hashfn = hash_task)

/* By address: a task is aligned to 64 bytes. */
static DEFINE_XARRAY(by_address);
static DEFINE_XARRAY(by_pid);

static size_t node_bytes(void *slot)
{
	size_t sum = sizeof(struct xa_node);
	struct xa_node *node;
	int i;

	if (!xa_is_node(slot))
		return 0;
	node = xa_to_node(slot);
	for (i = 0; i < XA_CHUNK_SIZE; i++)
		sum += node_bytes(rcu_access_pointer(node->slots[i]));
	return sum;
}

static int address_insert(struct entry *entry)
{
	return xa_err(xa_store(&by_address, (unsigned long)entry->task >> 6,
			       entry, GFP_KERNEL));
}

static void address_remove(struct entry *entry)
{
	xa_erase(&by_address, (unsigned long)entry->task >> 6);
}

static noinline void *address_find(struct task_struct *task)
{
	return xa_load(&by_address, (unsigned long)task >> 6);
}

static size_t address_bytes(void)
{
	return node_bytes(rcu_access_pointer(by_address.xa_head));
}

static int pid_insert(struct entry *entry)
{
	return xa_err(xa_store(&by_pid, entry->task->pid, entry, GFP_KERNEL));
}

static void pid_remove(struct entry *entry)
{
	xa_erase(&by_pid, entry->task->pid);
}

static noinline void *pid_find(struct task_struct *task)
{
	return xa_load(&by_pid, task->pid);
}

static size_t pid_bytes(void)
{
	return node_bytes(rcu_access_pointer(by_pid.xa_head));
}

/* In the task itself, on a list that belongs to it. */
static struct preempt_ops ops;

static int in_task_insert(struct entry *entry)
{
	entry->notifier.ops = &ops;
	hlist_add_head(&entry->notifier.link, &entry->task->preempt_notifiers);
	return 0;
}

static void in_task_remove(struct entry *entry)
{
	hlist_del(&entry->notifier.link);
}

static noinline void *in_task_find(struct task_struct *task)
{
	struct preempt_notifier *notifier;

	hlist_for_each_entry(notifier, &task->preempt_notifiers, link)
		if (notifier->ops == &ops)
			return container_of(notifier, struct entry, notifier);
	return NULL;
}

static size_t in_task_bytes(void)
{
	return 0;
}

noinline void *store_find_nothing(struct task_struct *task)
{
	return NULL;
}

const struct store kernel_stores[] = {
	STORE("rhashtable-jhash", rhash_jhash),
	STORE("rhashtable-golden", rhash_golden),
	STORE("xarray-pid", pid),
	STORE("xarray-address", address),
	STORE("list-in-task", in_task),
};

const unsigned int kernel_stores_count = ARRAY_SIZE(kernel_stores);

int kernel_stores_init(void)
{
	int err;

	err = rhashtable_init(&rhash_jhash, &rhash_jhash_params);
	if (err)
		return err;
	err = rhashtable_init(&rhash_golden, &rhash_golden_params);
	if (err)
		rhashtable_destroy(&rhash_jhash);
	return err;
}

void kernel_stores_exit(void)
{
	rhashtable_destroy(&rhash_golden);
	rhashtable_destroy(&rhash_jhash);
	xa_destroy(&by_address);
	xa_destroy(&by_pid);
}
