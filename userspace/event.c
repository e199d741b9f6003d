// SPDX-License-Identifier: GPL-2.0
/*
 * An event as a JSON object and as text for an administrator.
 */
#include <ctype.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <seccomp.h>
#include <sys/capability.h>
#include <linux/nsguard.h>

#include "attr.h"
#include "output.h"
#include "verb.h"

/* More names than this say less than the number of them. */
#define CAPS_NAMED	6

static const struct attr_spec container_spec[] = {
	{ ATTR_U64,	NSGUARD_A_CONTAINER_ID,		"id" },
	{ ATTR_STRING,	NSGUARD_A_CONTAINER_NAME,	"name" },
	{ ATTR_U32,	NSGUARD_A_CONTAINER_MNT_NS,	"mnt_ns" },
	{ ATTR_END },
};

static const struct attr_spec task_spec[] = {
	{ ATTR_U32,	NSGUARD_A_EVENT_PID,		"pid" },
	{ ATTR_U32,	NSGUARD_A_EVENT_TID,		"tid" },
	{ ATTR_STRING,	NSGUARD_A_EVENT_COMM,		"comm" },
	{ ATTR_STRING,	NSGUARD_A_EVENT_EXE,		"exe" },
	{ ATTR_END },
};

static const struct attr_spec parent_spec[] = {
	{ ATTR_U32,	NSGUARD_A_PARENT_PID,		"pid" },
	{ ATTR_STRING,	NSGUARD_A_PARENT_COMM,		"comm" },
	{ ATTR_END },
};

static const struct attr_spec change_spec[] = {
	{ ATTR_STRING,	NSGUARD_A_CHANGE_FIELD,		"field" },
	{ ATTR_U64,	NSGUARD_A_CHANGE_BEFORE,	"before" },
	{ ATTR_U64,	NSGUARD_A_CHANGE_AFTER,		"after" },
	{ ATTR_END },
};

static const struct attr_spec event_spec[] = {
	{ ATTR_U64,	NSGUARD_A_EVENT_SEQ,		"seq" },
	{ ATTR_TIME,	NSGUARD_A_EVENT_TIME,		"time" },
	{ ATTR_STRING,	NSGUARD_A_EVENT_RULE,		"rule" },
	{ ATTR_STRING,	NSGUARD_A_EVENT_FAMILY,		"family" },
	{ ATTR_STRING,	NSGUARD_A_EVENT_TECHNIQUE,	"technique" },
	{ ATTR_STRING,	NSGUARD_A_EVENT_LAYER,		"layer" },
	{ ATTR_STRING,	NSGUARD_A_EVENT_HOOK,		"hook" },
	{ ATTR_STRING,	NSGUARD_A_EVENT_VERDICT,	"verdict" },
	{ ATTR_MODE,	NSGUARD_A_EVENT_MODE,		"mode" },
	{ ATTR_GROUP,	0,				"container", container_spec },
	{ ATTR_GROUP,	0,				"task", task_spec },
	{ ATTR_U32,	NSGUARD_A_EVENT_TARGET,		"target" },
	{ ATTR_U64,	NSGUARD_A_EVENT_SUPPRESSED,	"suppressed" },
	{ ATTR_S32,	NSGUARD_A_EVENT_SYSCALL,	"syscall" },
	{ ATTR_FLAG,	NSGUARD_A_EVENT_COMPAT,		"compat" },
	{ ATTR_LIST,	NSGUARD_A_EVENT_PARENT,		"parents", parent_spec },
	{ ATTR_LIST,	NSGUARD_A_EVENT_CHANGE,		"changes", change_spec },
	{ ATTR_END },
};

json_t *event_read(const struct nlmsghdr *nlh)
{
	return attr_read(nlh, event_spec);
}

static void text_headline(FILE *out, const json_t *event)
{
	const char *verdict =
		json_string_value(json_object_get(event, "verdict"));

	out_value(out, json_object_get(event, "time"));
	fputc(' ', out);
	/* The verdict is a word of the module's, not of the task's. */
	for (; verdict && isalpha((unsigned char)*verdict); verdict++)
		fputc(toupper((unsigned char)*verdict), out);
	out_field(out, " rule=", event, "rule");
	out_field(out, " family=", event, "family");
	out_field(out, " technique=", event, "technique");
	out_field(out, " mode=", event, "mode");
	out_field(out, " seq=", event, "seq");
	fputc('\n', out);
}

static void text_task(FILE *out, const json_t *event)
{
	const json_t *task = json_object_get(event, "task");
	json_t *parent;
	size_t i;

	fprintf(out, "    task       ");
	out_value(out, json_object_get(task, "comm"));
	out_field(out, ", pid ", task, "pid");
	out_field(out, ", thread ", task, "tid");
	out_field(out, ", ", task, "exe");
	out_field(out, ", meant process ", event, "target");
	json_array_foreach(json_object_get(event, "parents"), i, parent) {
		fputs(i ? " < " : "\n    parents    ", out);
		out_value(out, json_object_get(parent, "comm"));
		out_field(out, " ", parent, "pid");
	}
	fputc('\n', out);
}

static void text_syscall(FILE *out, const json_t *event)
{
	json_int_t number =
		json_integer_value(json_object_get(event, "syscall"));
	bool compat = json_is_true(json_object_get(event, "compat"));
	char *name;

	if (!json_is_integer(json_object_get(event, "syscall")))
		return;
	if (number < 0) {
		fprintf(out, ", in no system call");
		return;
	}
	name = seccomp_syscall_resolve_num_arch(compat ? SCMP_ARCH_X86 :
							 SCMP_ARCH_X86_64,
						number);
	fprintf(out, ", %ssystem call %" JSON_INTEGER_FORMAT " (%s)",
		compat ? "32-bit " : "", number, name ? name : "unknown");
	free(name);
}

static void text_caps(FILE *out, char sign, uint64_t caps)
{
	unsigned int total = __builtin_popcountll(caps), named = 0;

	for (int cap = 0; cap < 64 && named < CAPS_NAMED; cap++) {
		char *name;

		if (!(caps & 1ULL << cap))
			continue;
		name = cap_to_name(cap);
		fprintf(out, " %c%s", sign, name ? name : "?");
		cap_free(name);
		named++;
	}
	if (total > named)
		fprintf(out, " and %u more", total - named);
}

/* Sets and digests are read as bits, ids and inode numbers as counts. */
static void text_change(FILE *out, const json_t *change)
{
	const char *field = json_string_value(json_object_get(change, "field"));
	const json_t *before = json_object_get(change, "before");
	const json_t *after = json_object_get(change, "after");
	uint64_t b = 0, a = 0;
	bool caps, hex;

	if (!field)
		field = "";
	if (!strncmp(field, "subj_", strlen("subj_")))
		field += strlen("subj_");
	caps = !strncmp(field, "cap_", strlen("cap_"));
	hex = caps || !strcmp(field, "groups") || !strcmp(field, "securebits");

	out_column(out, json_object_get(change, "field"), 20);
	if (!hex || !out_u64(before, &b) || !out_u64(after, &a)) {
		out_value(out, before);
		fputs(" -> ", out);
		out_value(out, after);
		return;
	}
	fprintf(out, "0x%" PRIx64 " -> 0x%" PRIx64, b, a);
	if (caps && a & ~b)
		text_caps(out, '+', a & ~b);
	if (caps && b & ~a)
		text_caps(out, '-', b & ~a);
}

void malformed_text(FILE *out, const json_t *object)
{
	json_t *key;
	size_t i;

	json_array_foreach(json_object_get(object, "malformed"), i, key) {
		fputs(i ? ", " : "    malformed  ", out);
		out_value(out, key);
	}
	if (i)
		fputc('\n', out);
}

void event_text(FILE *out, const json_t *event)
{
	const json_t *container = json_object_get(event, "container");
	json_t *change;
	size_t i;

	text_headline(out, event);
	fprintf(out, "    container  ");
	out_value(out, json_object_get(container, "name"));
	out_field(out, ", id ", container, "id");
	out_field(out, ", mount namespace ", container, "mnt_ns");
	out_field(out, ", incidents left out: ", event, "suppressed");
	fputc('\n', out);
	text_task(out, event);
	fprintf(out, "    seen by    ");
	out_value(out, json_object_get(event, "layer"));
	out_field(out, " at ", event, "hook");
	text_syscall(out, event);
	fputc('\n', out);
	json_array_foreach(json_object_get(event, "changes"), i, change) {
		fputs(i ? "               " : "    changed    ", out);
		text_change(out, change);
		fputc('\n', out);
	}
	malformed_text(out, event);
}
