// SPDX-License-Identifier: GPL-2.0
/*
 * Measures ways to find a task's record, at load; for throw-away guests under
 * icount, where the time stamp counter counts instructions.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/delay.h>
#include <linux/irqflags.h>
#include <linux/math64.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/random.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <asm/tsc.h>

#include "record.h"
#include "root.h"
#include "store.h"

#define MOST	50000
#define OTHERS	5000	/* tasks without a record */
#define LOOKS	4096

static const unsigned int counts[] = { 1, 1000, MOST };

static unsigned int task_size = 10240;
module_param(task_size, uint, 0444);
MODULE_PARM_DESC(task_size, "bytes of a task (slab task_struct, object_size)");

/**
 * struct cost - instructions of a look-up
 * @sum: of LOOKS look-ups
 * @least: of the cheapest one
 * @most: of the dearest one
 * @cheap: look-ups that cost no more than @least
 */
struct cost {
	u64 sum;
	u64 least;
	u64 most;
	unsigned int cheap;
};

/*
 * Records are for some of the tasks, evenly spread among them, as they are on a
 * machine where containers and services come and go.
 */
static bool has_record(unsigned int i)
{
	return i % 11 != 5;
}

static u64 once(void *(*find)(struct task_struct *), struct task_struct *task,
		void **found)
{
	unsigned long flags;
	u64 start, end;

	local_irq_save(flags);
	start = rdtsc();
	*found = find(task);
	end = rdtsc();
	local_irq_restore(flags);
	return end - start;
}

/* Looks for the first @n of @tasks in no order. */
static int look(const struct store *store, struct task_struct **tasks,
		unsigned int n, bool there, struct cost *cost)
{
	void *found;
	u64 idle, spent;
	int i;

	*cost = (struct cost){ .least = U64_MAX };
	idle = once(store_find_nothing, tasks[0], &found);
	for (i = 0; i < LOOKS; i++) {
		struct task_struct *task = tasks[get_random_u32() % n];

		spent = once(store->find, task, &found) - idle;
		if (!!found != there)
			return -EIO;
		cost->sum += spent;
		cost->most = max(cost->most, spent);
		if (spent < cost->least) {
			cost->least = spent;
			cost->cheap = 0;
		}
		cost->cheap += spent == cost->least;
	}
	return 0;
}

/* The kernel prints no fractions. */
struct text {
	char s[24];
};

static struct text mean(const struct cost *cost)
{
	u64 tenths = div_u64(cost->sum * 10, LOOKS);
	struct text text;
	u32 tenth;

	tenths = div_u64_rem(tenths, 10, &tenth);
	snprintf(text.s, sizeof(text.s), "%llu.%u", tenths, tenth);
	return text;
}

static int measure(const struct store *store, struct entry *entries,
		   unsigned int n, struct task_struct **with,
		   struct task_struct **without)
{
	struct cost hit, again, miss;
	unsigned int i;
	int err = 0;

	for (i = 0; i < n && !err; i++)
		err = store->insert(&entries[i]);
	/* A table that grows does so in a worker. */
	msleep(100);
	err = err ?: look(store, with, n, true, &hit) ?:
	      look(store, with, 1, true, &again) ?:
	      look(store, without, OTHERS, false, &miss);
	if (!err)
		pr_info("%s %u %s %llu %s %s %llu %u%% %zu\n",
			store->name, n, mean(&hit).s, hit.most, mean(&again).s,
			mean(&miss).s, miss.most,
			(LOOKS - miss.cheap) * 100 / LOOKS, store->bytes());
	else
		pr_err("%s at %u: %d\n", store->name, n, err);
	while (i--)
		store->remove(&entries[i]);
	synchronize_rcu();
	return err;
}

static int measure_stores(const struct store *stores, unsigned int count,
			  struct entry *entries, struct task_struct **with,
			  struct task_struct **without)
{
	unsigned int i, j;
	int err = 0;

	for (i = 0; i < count && !err; i++)
		for (j = 0; j < ARRAY_SIZE(counts) && !err; j++)
			err = measure(&stores[i], entries, counts[j], with,
				      without);
	return err;
}

static int measure_all(struct entry *entries, struct task_struct **with,
		       struct task_struct **without)
{
	unsigned int i, j, n = 0, m = 0;

	for (i = 0; n < MOST || m < OTHERS; i++) {
		if (has_record(i) && n < MOST)
			with[n++] = task_at(i);
		else if (m < OTHERS)
			without[m++] = task_at(i);
	}
	/* So that a thousand are not neighbours. */
	for (i = MOST - 1; i; i--) {
		j = get_random_u32() % (i + 1);
		swap(with[i], with[j]);
	}
	for (i = 0; i < MOST; i++)
		entries[i].task = with[i];
	return measure_stores(table_stores, table_stores_count, entries, with,
			      without) ?:
	       measure_stores(kernel_stores, kernel_stores_count, entries, with,
			      without);
}

static int __init lookup_init(void)
{
	struct task_struct **with = kvcalloc(MOST, sizeof(*with), GFP_KERNEL);
	struct task_struct **without = kvcalloc(OTHERS, sizeof(*without),
						GFP_KERNEL);
	struct entry *entries = kvcalloc(MOST, sizeof(*entries), GFP_KERNEL);
	int err = -ENOMEM;

	pr_info("sizes record %zu root %zu task %u\n",
		ALIGN(sizeof(struct nsg_record), 64), sizeof(struct nsg_root),
		task_size);
	if (!with || !without || !entries)
		goto out;
	err = kernel_stores_init();
	if (err)
		goto out;
	err = tasks_init(MOST + OTHERS, task_size);
	if (!err) {
		err = measure_all(entries, with, without);
		tasks_exit();
	}
	kernel_stores_exit();
out:
	kvfree(entries);
	kvfree(without);
	kvfree(with);
	return err;
}

static void __exit lookup_exit(void)
{
}

module_init(lookup_init);
module_exit(lookup_exit);
MODULE_DESCRIPTION("nsguard: cost of finding a record (throw-away guests only)");
MODULE_LICENSE("GPL");
