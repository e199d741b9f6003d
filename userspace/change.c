// SPDX-License-Identifier: GPL-2.0
/*
 * A change of what is guarded, and how, as a JSON object and as text.
 */
#include <linux/nsguard.h>

#include "attr.h"
#include "output.h"
#include "verb.h"

static const struct attr_spec by_spec[] = {
	{ ATTR_U32,	NSGUARD_A_CONFIG_PID,		"pid" },
	{ ATTR_U32,	NSGUARD_A_CONFIG_UID,		"uid" },
	{ ATTR_STRING,	NSGUARD_A_CONFIG_COMM,		"comm" },
	{ ATTR_END },
};

static const struct attr_spec whose_spec[] = {
	{ ATTR_U64,	NSGUARD_A_CONTAINER_ID,		"id" },
	{ ATTR_STRING,	NSGUARD_A_CONTAINER_NAME,	"name" },
	{ ATTR_END },
};

static const struct attr_spec config_spec[] = {
	{ ATTR_STRING,	NSGUARD_A_CONFIG_NAME,		"config" },
	{ ATTR_STRING,	NSGUARD_A_CONFIG_OLD,		"old" },
	{ ATTR_STRING,	NSGUARD_A_CONFIG_NEW,		"new" },
	{ ATTR_TIME,	NSGUARD_A_CONFIG_TIME,		"time" },
	{ ATTR_GROUP,	0,				"container", whose_spec },
	{ ATTR_GROUP,	0,				"by", by_spec },
	{ ATTR_END },
};

json_t *change_read(const struct nlmsghdr *nlh)
{
	return attr_read(nlh, config_spec);
}

void change_text(FILE *out, const json_t *change)
{
	const json_t *by = json_object_get(change, "by");

	out_value(out, json_object_get(change, "time"));
	fprintf(out, " CHANGED ");
	out_value(out, json_object_get(change, "config"));
	fputc(' ', out);
	out_value(out, json_object_get(change, "old"));
	fprintf(out, " -> ");
	out_value(out, json_object_get(change, "new"));
	out_field(out, ", container ", json_object_get(change, "container"),
		  "id");
	fprintf(out, ", by ");
	out_value(out, json_object_get(by, "comm"));
	out_field(out, ", pid ", by, "pid");
	out_field(out, ", user ", by, "uid");
	fputc('\n', out);
	malformed_text(out, change);
}
