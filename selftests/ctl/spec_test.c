// SPDX-License-Identifier: GPL-2.0
/*
 * uapi/nsguard.yaml, the header and nsguardctl agree.  Numbers are compared by
 * the compiler (spec.h); here a message made after the description has to be
 * read without anything being absent or malformed.
 */
#include "expect.h"
#include "spec.h"

static char buf[MESSAGE_SIZE] __attribute__((aligned(8)));

/* What was put into a message, and what was read of it. */
struct tally {
	int strings;
	int positive;	/* UINT32_MAX */
	int negative;	/* -1: the same bits, signed */
	int others;
	int nulls;
};

static void put(struct nlmsghdr *nlh, const struct spec_attr *spec,
		struct tally *put_in)
{
	struct nlattr *nest;

	for (; spec->attr; spec++) {
		switch (spec->type) {
		case NL_ATTR_TYPE_NUL_STRING:
			mnl_attr_put_strz(nlh, spec->attr, "a string");
			put_in->strings++;
			break;
		case NL_ATTR_TYPE_U8:
			mnl_attr_put_u8(nlh, spec->attr, 1);
			put_in->others++;
			break;
		case NL_ATTR_TYPE_FLAG:
			mnl_attr_put(nlh, spec->attr, 0, NULL);
			put_in->others++;
			break;
		case NL_ATTR_TYPE_U32:
			mnl_attr_put_u32(nlh, spec->attr,
					 spec->flags ? 1 : UINT32_MAX);
			put_in->positive += !spec->flags;
			put_in->others += spec->flags;
			break;
		case NL_ATTR_TYPE_S32:
			mnl_attr_put_u32(nlh, spec->attr, UINT32_MAX);
			put_in->negative++;
			break;
		case NL_ATTR_TYPE_U64:
			mnl_attr_put_u64(nlh, spec->attr, 1);
			put_in->others++;
			break;
		case NL_ATTR_TYPE_NESTED:
			nest = mnl_attr_nest_start(nlh, spec->attr);
			put(nlh, spec->nest, put_in);
			mnl_attr_nest_end(nlh, nest);
			break;
		default:
			bail("type %d", spec->type);
		}
	}
}

static void count(const json_t *value, struct tally *read)
{
	const char *key;
	json_t *below;
	size_t i;

	json_object_foreach((json_t *)value, key, below)
		count(below, read);
	json_array_foreach(value, i, below)
		count(below, read);
	if (json_is_object(value) || json_is_array(value))
		return;
	if (json_is_null(value))
		read->nulls++;
	else if (json_is_string(value) &&
		 !strcmp(json_string_value(value), "a string"))
		read->strings++;
	else if (json_is_integer(value) &&
		 json_integer_value(value) == UINT32_MAX)
		read->positive++;
	else if (json_is_integer(value) && json_integer_value(value) == -1)
		read->negative++;
	else if (!json_is_false(value))
		read->others++;
}

static void check(const char *what, const struct spec_attr *spec, uint8_t cmd,
		  read_t reader)
{
	struct nlmsghdr *nlh = message_start(buf, cmd);
	struct tally want = {}, have = {};
	json_t *value;

	put(nlh, spec, &want);
	value = read_exact(nlh, reader);
	count(value, &have);
	ok(!json_object_get(value, "malformed"), "%s: sizes", what);
	if (!ok(!memcmp(&want, &have, sizeof(want)), "%s: all of it is read",
		what)) {
		char *got = json_dumps(value, 0);

		diag("wanted %d %d %d %d, got %s", want.strings, want.positive,
		     want.negative, want.others, got);
		free(got);
	}
	json_decref(value);
}

/* Counters become members by their name. */
static json_t *status_raw(const struct nlmsghdr *nlh)
{
	json_t *status = status_read(nlh);
	json_t *counters = json_object_get(status, "counters");
	json_t *name;

	ok(json_object_size(counters) == 1, "status-get: a counter");
	name = json_string("a string");
	json_object_set_new(counters, "name", name);
	return status;
}

int main(void)
{
	for (size_t i = 0; i < sizeof(spec_strings) / sizeof(spec_strings[0]);
	     i++)
		ok(!strcmp(spec_strings[i].is, spec_strings[i].want),
		   "name %s", spec_strings[i].want);
	check("status-get", spec_status_get, NSGUARD_CMD_STATUS_GET, status_raw);
	check("containers-get", spec_containers_get, NSGUARD_CMD_CONTAINERS_GET,
	      container_read);
	check("event", spec_event, NSGUARD_CMD_EVENT, event_read);
	check("config-ntf", spec_config_ntf, NSGUARD_CMD_CONFIG_NTF,
	      change_read);
	return tap_done();
}
