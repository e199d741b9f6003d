/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_THREADS_H
#define _NSG_THREADS_H

#include <linux/sched/signal.h>

/*
 * All threads of a process, under RCU.  for_each_thread() names a lock that is
 * not exported, where RCU is proved.
 */
#define nsg_each_thread(process, task)					\
	list_for_each_entry_rcu(task, &(process)->signal->thread_head,	\
				thread_node)

#endif /* _NSG_THREADS_H */
