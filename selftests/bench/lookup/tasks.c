// SPDX-License-Identifier: GPL-2.0
/*
 * Stand-ins for tasks.  Nothing runs them; but their addresses are those of
 * objects of a task's size from a slab, because the addresses are the keys.
 */
#include <linux/mm.h>
#include <linux/slab.h>

#include "store.h"

static struct kmem_cache *cache;
static struct task_struct **tasks;
static unsigned int made;

int tasks_init(unsigned int count, unsigned int size)
{
	cache = kmem_cache_create("nsguard_lookup_task", size, 64, 0, NULL);
	tasks = kvcalloc(count, sizeof(*tasks), GFP_KERNEL);
	if (!cache || !tasks) {
		tasks_exit();
		return -ENOMEM;
	}
	for (made = 0; made < count; made++) {
		struct task_struct *task = kmem_cache_alloc(cache, GFP_KERNEL);

		if (!task) {
			tasks_exit();
			return -ENOMEM;
		}
		tasks[made] = task;
		/* As on a machine that has been up for a short while. */
		task->pid = 300 + made;
		INIT_HLIST_HEAD(&task->preempt_notifiers);
	}
	return 0;
}

void tasks_exit(void)
{
	while (made)
		kmem_cache_free(cache, tasks[--made]);
	kvfree(tasks);
	tasks = NULL;
	kmem_cache_destroy(cache);
	cache = NULL;
}

struct task_struct *task_at(unsigned int i)
{
	return tasks[i];
}
