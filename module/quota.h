/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Quota: how much is reported of one container, so that it can't drown the
 * others.
 */
#ifndef _NSG_QUOTA_H
#define _NSG_QUOTA_H

#include <linux/jiffies.h>
#include <linux/spinlock.h>

/**
 * struct nsg_quota - so many in each period; what is beyond is counted
 * @lock: for the others; taken in any context
 * @begin: jiffies at the start of the period
 * @used: granted in this period
 * @held: refused since one was granted
 */
struct nsg_quota {
	raw_spinlock_t lock; /* begin, used, held */
	unsigned long begin;
	unsigned int used;
	u64 held;
};

static inline void nsg_quota_init(struct nsg_quota *quota)
{
	raw_spin_lock_init(&quota->lock);
	quota->begin = jiffies;
}

/**
 * nsg_quota_take - is there room for one more?
 * @quota: the quota
 * @period: its period, in jiffies
 * @max: how many in each
 * @held: filled, if there is, with the number refused since one was granted
 *
 * Context: any but NMI.
 */
static inline bool nsg_quota_take(struct nsg_quota *quota, unsigned long period,
				  unsigned int max, u64 *held)
{
	unsigned long flags;
	bool granted;

	raw_spin_lock_irqsave(&quota->lock, flags);
	if (time_after_eq(jiffies, quota->begin + period)) {
		quota->begin = jiffies;
		quota->used = 0;
	}
	granted = quota->used < max;
	if (granted) {
		quota->used++;
		*held = quota->held;
		quota->held = 0;
	} else {
		quota->held++;
	}
	raw_spin_unlock_irqrestore(&quota->lock, flags);
	return granted;
}

/**
 * nsg_quota_give_back - what it was told has reached nobody
 * @quota: the quota
 * @held: from nsg_quota_take(): for the next one that is granted
 *
 * Context: any but NMI.
 */
static inline void nsg_quota_give_back(struct nsg_quota *quota, u64 held)
{
	unsigned long flags;

	raw_spin_lock_irqsave(&quota->lock, flags);
	quota->held += held;
	raw_spin_unlock_irqrestore(&quota->lock, flags);
}

#endif /* _NSG_QUOTA_H */
