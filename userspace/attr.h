/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARDCTL_ATTR_H
#define NSGUARDCTL_ATTR_H

#include <stdint.h>
#include <jansson.h>
#include <libmnl/libmnl.h>

enum attr_kind {
	ATTR_END,
	ATTR_U8,
	ATTR_U32,
	ATTR_U64,
	ATTR_S32,
	ATTR_BOOL,	/* u8 */
	ATTR_FLAG,	/* there or not */
	ATTR_STRING,
	ATTR_MODE,	/* u8, enum nsguard_mode */
	ATTR_STATE,	/* u8, enum nsguard_state */
	ATTR_LAYERS,	/* u32, becomes an array of names */
	ATTR_TIME,	/* u64 nanoseconds, becomes ISO 8601 in UTC */
	ATTR_LIST,	/* repeated nest, becomes an array of objects */
	ATTR_GROUP,	/* no attribute: neighbours shown as an object */
};

/**
 * struct attr_spec - how an attribute appears in JSON
 * @kind: its type; ATTR_END ends a table
 * @type: its number
 * @key: its name in the object
 * @nest: the table of what a list or a group holds
 */
struct attr_spec {
	enum attr_kind kind;
	uint16_t type;
	const char *key;
	const struct attr_spec *nest;
};

/*
 * Reads a message into an object that has every key of @spec.  What is absent
 * or has a wrong size is null, and the keys of the latter are listed in
 * "malformed", so that a bad attribute never hides an event.
 */
json_t *attr_read(const struct nlmsghdr *nlh, const struct attr_spec *spec);

#endif /* NSGUARDCTL_ATTR_H */
