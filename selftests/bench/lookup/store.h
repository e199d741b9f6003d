/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Store: one way to get from a task to its record.  Its find() is what would
 * stand in the gate, protection against a record that is being freed included.
 */
#ifndef BENCH_STORE_H
#define BENCH_STORE_H

#include <linux/list.h>
#include <linux/preempt.h>
#include <linux/rhashtable-types.h>
#include <linux/sched.h>

/**
 * struct entry - stands for a record
 * @node: of the chained tables
 * @task: the key
 * @linked: of rhashtable
 * @notifier: of the list in the task
 */
struct entry {
	struct hlist_node node;
	struct task_struct *task;
	struct rhash_head linked;
	struct preempt_notifier notifier;
};

/**
 * struct store - a way to find a record
 * @name: as the report has it
 * @insert: 0 or a negative error
 * @remove: undoes it
 * @find: what is measured
 * @bytes: memory but for the records; the lists' heads in a task don't count
 */
struct store {
	const char *name;
	int (*insert)(struct entry *entry);
	void (*remove)(struct entry *entry);
	void *(*find)(struct task_struct *task);
	size_t (*bytes)(void);
};

#define STORE(label, prefix) {						\
	label, prefix##_insert, prefix##_remove, prefix##_find, prefix##_bytes }

extern const struct store table_stores[];
extern const unsigned int table_stores_count;
extern const struct store kernel_stores[];
extern const unsigned int kernel_stores_count;

int kernel_stores_init(void);
void kernel_stores_exit(void);

/* Nothing: what the measuring itself costs. */
void *store_find_nothing(struct task_struct *task);

/* Objects as large and as far apart as tasks, with a pid each; see tasks.c. */
int tasks_init(unsigned int count, unsigned int size);
void tasks_exit(void);
struct task_struct *task_at(unsigned int i);

#endif /* BENCH_STORE_H */
