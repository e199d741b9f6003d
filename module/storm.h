/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Storm: kills across several unrelated containers in a short time are likelier
 * a fault of ours, or of the kernel, than as many attacks.  Then violations are
 * still refused and repaired, but nobody is killed.
 */
#ifndef _NSG_STORM_H
#define _NSG_STORM_H

#include <linux/types.h>

struct nsg_origin;

/* Longest memory: more containers than this are never asked for. */
#define NSG_STORM_MAX		16
/* Kills that far apart have nothing to do with each other. */
#define NSG_STORM_WINDOW_NS	(10ULL * 1000 * 1000 * 1000)
/* For so long nobody is killed. */
#define NSG_STORM_PAUSE_NS	(60ULL * 1000 * 1000 * 1000)

/**
 * struct nsg_storm - the last containers in which somebody was to be killed
 * @origin: ids of outermost containers, 0 if none
 * @when: the last time for each, in nanoseconds
 * @until: nobody is killed before this time, 0 if there is no storm
 */
struct nsg_storm {
	u64 origin[NSG_STORM_MAX];
	u64 when[NSG_STORM_MAX];
	u64 until;
};

enum nsg_storm_verdict {
	NSG_STORM_CALM,		/* kill */
	NSG_STORM_BREAKS,	/* the first that is not to be killed */
	NSG_STORM_RAGES,	/* nor is this one */
};

enum nsg_storm_verdict nsg_storm_judge(struct nsg_storm *storm, u64 origin,
				       u64 now, unsigned int limit);

enum nsg_storm_verdict nsg_storm_note(const struct nsg_origin *origin);
bool nsg_storm_rages(void);

#endif /* _NSG_STORM_H */
