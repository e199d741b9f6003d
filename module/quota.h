/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quota: how much is reported in some time.
 */
#ifndef _NSG_QUOTA_H
#define _NSG_QUOTA_H

#include <linux/jiffies.h>
#include <linux/spinlock.h>

/**
 * struct nsg_quota - so many in each period
 * @lock: for the others; taken in any context
 * @begin: jiffies at the start of the period
 * @used: granted in this period
 */
struct nsg_quota {
	raw_spinlock_t lock; /* begin, used */
	unsigned long begin;
	unsigned int used;
};

static inline void nsg_quota_init(struct nsg_quota *quota)
{
	raw_spin_lock_init(&quota->lock);
	quota->begin = jiffies;
	quota->used = 0;
}

/**
 * nsg_quota_take - is there room for one more?
 * @quota: the quota
 * @period: its period, in jiffies
 * @max: how many in each
 *
 * Context: any but NMI.
 */
static inline bool nsg_quota_take(struct nsg_quota *quota, unsigned long period,
				  unsigned int max)
{
	unsigned long flags;
	bool granted;

	raw_spin_lock_irqsave(&quota->lock, flags);
	if (time_after_eq(jiffies, quota->begin + period)) {
		quota->begin = jiffies;
		quota->used = 0;
	}
	granted = quota->used < max;
	if (granted)
		quota->used++;
	raw_spin_unlock_irqrestore(&quota->lock, flags);
	return granted;
}

#endif /* _NSG_QUOTA_H */
