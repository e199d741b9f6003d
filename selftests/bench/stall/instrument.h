/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Included before each file of the module that is measured (gcc -include), and by
 * nothing else: whatever the module does to switch preemption off is counted from
 * here on.  What inline functions of the kernel's own headers do, which are parsed
 * before, is not: none of them holds a lock when it returns.
 */
#ifndef _NSG_STALL_INSTRUMENT_H
#define _NSG_STALL_INSTRUMENT_H

#ifndef __ASSEMBLY__

#include <linux/fs_struct.h>
#include <linux/kernel.h>
#include <linux/module.h>
#include <linux/path.h>
#include <linux/sched.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "stall.h"

static __always_inline unsigned long nsg_stall_irqsave(spinlock_t *lock)
{
	unsigned long flags;

	spin_lock_irqsave(lock, flags);
	return flags;
}

static __always_inline unsigned long nsg_stall_raw_irqsave(raw_spinlock_t *lock)
{
	unsigned long flags;

	raw_spin_lock_irqsave(lock, flags);
	return flags;
}

static __always_inline void nsg_stall_raw_restore(raw_spinlock_t *lock,
						  unsigned long flags)
{
	raw_spin_unlock_irqrestore(lock, flags);
}

static __always_inline void nsg_stall_preempt_disable(void)
{
	preempt_disable_notrace();
}

static __always_inline void nsg_stall_preempt_enable(void)
{
	preempt_enable_notrace();
}

static __always_inline void nsg_stall_cond_resched(void)
{
	cond_resched();
}

#undef spin_lock_irqsave
#undef raw_spin_lock_irqsave
#undef raw_spin_unlock_irqrestore
#undef preempt_disable_notrace
#undef preempt_enable_notrace
#undef cond_resched

#define NSG_STALL_OFF(lock)						\
	do {								\
		lock;							\
		nsg_stall_off(__func__, __LINE__);			\
	} while (0)
#define NSG_STALL_ON(unlock)						\
	do {								\
		nsg_stall_on();						\
		unlock;							\
	} while (0)

/* A function's name in brackets is no macro's. */
#define spin_lock(l)		NSG_STALL_OFF((spin_lock)(l))
#define spin_unlock(l)		NSG_STALL_ON((spin_unlock)(l))
#define spin_lock_irq(l)	NSG_STALL_OFF((spin_lock_irq)(l))
#define spin_unlock_irq(l)	NSG_STALL_ON((spin_unlock_irq)(l))
#define spin_lock_irqsave(l, f)	NSG_STALL_OFF(f = nsg_stall_irqsave(l))
#define spin_unlock_irqrestore(l, f)					\
	NSG_STALL_ON((spin_unlock_irqrestore)(l, f))
#define raw_spin_lock_irqsave(l, f)					\
	NSG_STALL_OFF(f = nsg_stall_raw_irqsave(l))
#define raw_spin_unlock_irqrestore(l, f)				\
	NSG_STALL_ON(nsg_stall_raw_restore(l, f))
#define task_lock(t)		NSG_STALL_OFF((task_lock)(t))
#define task_unlock(t)		NSG_STALL_ON((task_unlock)(t))
#define preempt_disable_notrace()					\
	NSG_STALL_OFF(nsg_stall_preempt_disable())
#define preempt_enable_notrace()					\
	NSG_STALL_ON(nsg_stall_preempt_enable())
#define cond_resched()							\
	({								\
		nsg_stall_resched();					\
		nsg_stall_cond_resched();				\
	})
/* Both ask as well whether there is somebody to give way to. */
#define path_put(p)							\
	do {								\
		nsg_stall_resched();					\
		(path_put)(p);						\
	} while (0)
#undef might_sleep
#define might_sleep()		cond_resched()

#define kmem_cache_free(cache, object)					\
	do {								\
		bool nsg_stall_left = nsg_stall_leave();		\
									\
		(kmem_cache_free)(cache, object);			\
		nsg_stall_return(nsg_stall_left);			\
	} while (0)

#endif /* __ASSEMBLY__ */
#endif /* _NSG_STALL_INSTRUMENT_H */
