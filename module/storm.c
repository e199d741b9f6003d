// SPDX-License-Identifier: GPL-2.0
#include <linux/ktime.h>
#include <linux/spinlock.h>
#include <linux/timekeeping.h>

#include "config.h"
#include "counter.h"
#include "log.h"
#include "origin.h"
#include "storm.h"

/* Violations are met with spinlocks held and interrupts off, too. */
static DEFINE_RAW_SPINLOCK(storm_lock);
static struct nsg_storm storm; /* under storm_lock */

/* The container's place, or the one that is longest out of use. */
static unsigned int place_of(const struct nsg_storm *s, u64 origin)
{
	unsigned int i, oldest = 0;

	for (i = 0; i < NSG_STORM_MAX; i++) {
		if (s->origin[i] == origin)
			return i;
		if (s->when[i] < s->when[oldest])
			oldest = i;
	}
	return oldest;
}

/**
 * nsg_storm_judge - may this container's task be killed?
 * @s: what happened before; updated
 * @origin: nsg_origin_key()
 * @now: in nanoseconds, never decreasing
 * @limit: how many containers make a storm, up to NSG_STORM_MAX; 0: none do
 *
 * One container counts once, whatever it does: it can neither make a storm for
 * the others nor prolong one.
 *
 * Context: any, the caller serialises.
 */
enum nsg_storm_verdict nsg_storm_judge(struct nsg_storm *s, u64 origin,
				       u64 now, unsigned int limit)
{
	unsigned int i, recent = 0;

	if (!limit) {
		s->until = 0;
		return NSG_STORM_CALM;
	}
	i = place_of(s, origin);
	s->origin[i] = origin;
	s->when[i] = now;
	if (now < s->until)
		return NSG_STORM_RAGES;
	for (i = 0; i < NSG_STORM_MAX; i++)
		recent += s->origin[i] &&
			  now - s->when[i] < NSG_STORM_WINDOW_NS;
	if (recent < limit)
		return NSG_STORM_CALM;
	s->until = now + NSG_STORM_PAUSE_NS;
	return NSG_STORM_BREAKS;
}

/**
 * nsg_storm_note - somebody in this container is about to be killed
 * @origin: the container
 *
 * Context: any but NMI.
 * Return: whether to.
 */
enum nsg_storm_verdict nsg_storm_note(const struct nsg_origin *origin)
{
	enum nsg_storm_verdict verdict;
	unsigned long flags;

	raw_spin_lock_irqsave(&storm_lock, flags);
	verdict = nsg_storm_judge(&storm, nsg_origin_key(origin), ktime_get_boottime_ns(),
				  READ_ONCE(nsg_config.storm));
	raw_spin_unlock_irqrestore(&storm_lock, flags);
	if (verdict == NSG_STORM_BREAKS)
		nsg_count(NSG_C_STORMS);
	return verdict;
}

/**
 * nsg_storm_rages - is nobody killed at this moment?
 *
 * Context: any but NMI.
 */
bool nsg_storm_rages(void)
{
	unsigned long flags;
	bool rages;

	raw_spin_lock_irqsave(&storm_lock, flags);
	rages = ktime_get_boottime_ns() < storm.until;
	raw_spin_unlock_irqrestore(&storm_lock, flags);
	return rages;
}
