/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARD_SELFTESTS_CTL_EXPECT_H
#define NSGUARD_SELFTESTS_CTL_EXPECT_H

#include "common/tap.h"
#include "message.h"
#include "verb.h"

typedef json_t *(*read_t)(const struct nlmsghdr *nlh);
typedef void (*text_t)(FILE *out, const json_t *value);

/* Reads the message from a buffer of just its size. */
static inline json_t *read_exact(const struct nlmsghdr *nlh, read_t read)
{
	struct nlmsghdr *copy = message_exact(nlh);
	json_t *value = read(copy);

	free(copy);
	return value;
}

static inline char *to_text(const json_t *value, text_t text)
{
	char *buf = NULL;
	size_t len;
	FILE *out = open_memstream(&buf, &len);

	if (!out)
		abort();
	text(out, value);
	fclose(out);
	return buf;
}

/* Expects @json to be what the message reads as; consumes @value. */
static inline void expect(json_t *value, const char *json, const char *what)
{
	json_error_t error;
	json_t *want = json_loads(json, JSON_DECODE_ANY, &error);

	if (!want)
		diag("bad test: %s", error.text);
	if (!ok(want && json_equal(value, want), "%s", what)) {
		char *got = json_dumps(value, JSON_ENCODE_ANY);

		diag("got %s", got);
		free(got);
	}
	json_decref(want);
	json_decref(value);
}

static inline void expect_text(const char *text, const char *want, const char *what)
{
	if (!ok(strstr(text, want), "%s", what))
		diag("wanted \"%s\" in \"%s\"", want, text);
}

#endif /* NSGUARD_SELFTESTS_CTL_EXPECT_H */
