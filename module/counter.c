// SPDX-License-Identifier: GPL-2.0
#include "counter.h"

atomic64_t nsg_counters[NSG_C_COUNT];

static const char *const names[NSG_C_COUNT] = {
	[NSG_C_EVENTS] = "events",
	[NSG_C_EVENTS_LOST] = "events_lost",
	[NSG_C_EVENTS_SUPPRESSED] = "events_suppressed",
	[NSG_C_KILLS] = "kills",
	[NSG_C_DENIED] = "denied",
	[NSG_C_STORMS] = "storms",
	[NSG_C_REPAIRS] = "repairs",
	[NSG_C_SWEEPS] = "sweeps",
	[NSG_C_SWEEP_SKIPPED] = "sweep_skipped",
	[NSG_C_REARMED] = "rearmed",
	[NSG_C_LEAKED_CREDS] = "leaked_creds",
	[NSG_C_LEAKED_NSPROXIES] = "leaked_nsproxies",
	[NSG_C_ALLOC_FAILURES] = "alloc_failures",
	[NSG_C_LINEAGE_FULL] = "lineage_full",
	[NSG_C_NESTING_FULL] = "nesting_full",
	[NSG_C_ADOPTION_INCOMPLETE] = "adoption_incomplete",
};

/**
 * nsg_counter_name - stable name of a counter
 * @c: the counter
 *
 * Context: any.
 */
const char *nsg_counter_name(enum nsg_counter c)
{
	return names[c];
}
