// SPDX-License-Identifier: GPL-2.0
/*
 * Tables of a fixed size, in the module's own memory.
 */
#include <linux/percpu.h>
#include <linux/rculist.h>

#include "record_table.h"
#include "store.h"

static __always_inline unsigned long slot_of(const struct task_struct *task,
					     unsigned int bits)
{
	return ((u64)task * NSG_TABLE_HASH) >> (64 - bits);
}

/* A chained table of fixed size, as in record.h. */
#define TABLE(bits)							\
static struct hlist_head table_##bits[1 << (bits)];			\
static int table_##bits##_insert(struct entry *entry)			\
{									\
	hlist_add_head_rcu(&entry->node,				\
			   &table_##bits[slot_of(entry->task, bits)]);	\
	return 0;							\
}									\
static noinline void *table_##bits##_find(struct task_struct *task)	\
{									\
	struct hlist_head *head = &table_##bits[slot_of(task, bits)];	\
	struct entry *entry;						\
									\
	if (hlist_empty(head))						\
		return NULL;						\
	preempt_disable_notrace();					\
	hlist_for_each_entry_rcu_notrace(entry, head, node)		\
		if (entry->task == task)				\
			break;						\
	preempt_enable_notrace();					\
	return entry;							\
}									\
static size_t table_##bits##_bytes(void)				\
{									\
	return sizeof(table_##bits);					\
}

TABLE(12)
TABLE(15)
TABLE(17)

static void table_remove(struct entry *entry)
{
	hlist_del_rcu(&entry->node);
}

/* The same with an entry per processor for the task found last. */
struct last {
	struct task_struct *task;
	struct entry *entry;
};

static DEFINE_PER_CPU(struct last, last);

static noinline void *cached_find(struct task_struct *task)
{
	struct hlist_head *head;
	struct entry *entry;
	struct last *mine;

	preempt_disable_notrace();
	mine = this_cpu_ptr(&last);
	entry = mine->entry;
	if (mine->task == task)
		goto out;
	head = &table_15[slot_of(task, 15)];
	hlist_for_each_entry_rcu_notrace(entry, head, node)
		if (entry->task == task) {
			mine->task = task;
			mine->entry = entry;
			break;
		}
out:
	preempt_enable_notrace();
	return entry;
}

static void cached_remove(struct entry *entry)
{
	int cpu;

	table_remove(entry);
	for_each_possible_cpu(cpu)
		if (per_cpu(last, cpu).task == entry->task)
			per_cpu(last, cpu).task = NULL;
}

static size_t cached_bytes(void)
{
	return sizeof(table_15) + num_possible_cpus() * sizeof(struct last);
}

/* A table whose buckets hold the first key and its record themselves. */
struct bucket {
	struct task_struct *task;
	struct entry *entry;
	struct hlist_head rest;
};

static struct bucket keyed[1 << NSG_TABLE_BITS];

static int keyed_insert(struct entry *entry)
{
	struct bucket *bucket = &keyed[slot_of(entry->task, NSG_TABLE_BITS)];

	if (bucket->task) {
		hlist_add_head_rcu(&entry->node, &bucket->rest);
		return 0;
	}
	bucket->entry = entry;
	/* Whoever sees its key there sees its record. */
	smp_store_release(&bucket->task, entry->task);
	return 0;
}

static void keyed_remove(struct entry *entry)
{
	struct bucket *bucket = &keyed[slot_of(entry->task, NSG_TABLE_BITS)];

	if (bucket->task == entry->task)
		bucket->task = NULL;
	else
		hlist_del_rcu(&entry->node);
}

static noinline void *keyed_find(struct task_struct *task)
{
	struct bucket *bucket = &keyed[slot_of(task, NSG_TABLE_BITS)];
	struct entry *entry;

	/* Its own task alone takes a key away: no protection needed. */
	if (bucket->task == task)
		return bucket->entry;
	if (hlist_empty(&bucket->rest))
		return NULL;
	preempt_disable_notrace();
	hlist_for_each_entry_rcu_notrace(entry, &bucket->rest, node)
		if (entry->task == task)
			break;
	preempt_enable_notrace();
	return entry;
}

static size_t keyed_bytes(void)
{
	return sizeof(keyed);
}

/*
 * The chained table behind a bitmap of a finer hash, 32 bits for each bucket,
 * which turns most of those away that share a bucket with a tracked task.
 */
#define FILTER_BITS (NSG_TABLE_BITS + 5)
static unsigned long filter[BITS_TO_LONGS(1UL << FILTER_BITS)];

static int filtered_insert(struct entry *entry)
{
	__set_bit(slot_of(entry->task, FILTER_BITS), filter);
	return table_15_insert(entry);
}

static void filtered_remove(struct entry *entry)
{
	unsigned long slot = slot_of(entry->task, NSG_TABLE_BITS);

	table_remove(entry);
	((u32 *)filter)[slot] = 0;
	hlist_for_each_entry(entry, &table_15[slot], node)
		__set_bit(slot_of(entry->task, FILTER_BITS), filter);
}

static noinline void *filtered_find(struct task_struct *task)
{
	bool maybe;

	asm volatile("btq %2, %1" : "=@ccc" (maybe)
		     : "m" (filter), "r" (slot_of(task, FILTER_BITS)));
	return maybe ? table_15_find(task) : NULL;
}

static size_t filtered_bytes(void)
{
	return sizeof(table_15) + sizeof(filter);
}

const struct store table_stores[] = {
	{ "table-2^12", table_12_insert, table_remove, table_12_find,
	  table_12_bytes },
	{ "table-2^15", table_15_insert, table_remove, table_15_find,
	  table_15_bytes },
	{ "table-2^17", table_17_insert, table_remove, table_17_find,
	  table_17_bytes },
	STORE("table-2^15-keyed", keyed),
	{ "table-2^15-cached", table_15_insert, cached_remove, cached_find,
	  cached_bytes },
	STORE("table-2^15-filtered", filtered),
};

const unsigned int table_stores_count = ARRAY_SIZE(table_stores);
