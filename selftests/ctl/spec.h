/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARD_SELFTESTS_CTL_SPEC_H
#define NSGUARD_SELFTESTS_CTL_SPEC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <linux/netlink.h>
#include <linux/nsguard.h>

struct spec_string {
	const char *is;
	const char *want;
};

/* An attribute that a request takes; bounds are those of an unsigned number. */
struct spec_policy {
	uint32_t cmd;
	uint32_t attr;
	enum netlink_attribute_type type;
	uint64_t min;
	uint64_t max;
};

/* An attribute of a reply; a table of them ends with type 0. */
struct spec_attr {
	uint16_t attr;
	enum netlink_attribute_type type;
	bool flags;
	const struct spec_attr *nest;
};

/*
 * The tables and the assertions that spec.py makes of uapi/nsguard.yaml.  What
 * a test has no use for may stay unused.
 */
#pragma GCC diagnostic push
#pragma GCC diagnostic ignored "-Wunused-variable"
#pragma GCC diagnostic error "-Wswitch"
#include "spec_made.h"
#pragma GCC diagnostic pop

#endif /* NSGUARD_SELFTESTS_CTL_SPEC_H */
