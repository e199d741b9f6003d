// SPDX-License-Identifier: GPL-2.0
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/json.h"

void json_compact(char *text)
{
	char *from, *to = text;
	bool quoted = false;

	for (from = text; *from; from++) {
		if (!quoted && isspace((unsigned char)*from))
			continue;
		if (quoted && *from == '\\' && from[1])
			*to++ = *from++;
		else if (*from == '"')
			quoted = !quoted;
		*to++ = *from;
	}
	*to = '\0';
}

static const char *find_value(const char *text, const char *key)
{
	char pattern[128];
	const char *at;

	snprintf(pattern, sizeof(pattern), "\"%s\":", key);
	at = strstr(text, pattern);
	return at ? at + strlen(pattern) : NULL;
}

bool json_string(const char *text, const char *key, char *to, size_t size)
{
	const char *at = find_value(text, key);
	size_t len;

	if (!at || *at != '"')
		return false;
	len = strcspn(++at, "\"");
	if (len >= size)
		return false;
	memcpy(to, at, len);
	to[len] = '\0';
	return true;
}

/* Values of 2^63 and more may come as strings. */
static bool parse_number(const char *at, uint64_t *value)
{
	char *end;

	if (!at)
		return false;
	if (*at == '"')
		at++;
	*value = *at == '-' ? (uint64_t)strtoll(at, &end, 0) :
			      strtoull(at, &end, 0);
	return end != at;
}

bool json_number(const char *text, const char *key, int64_t *value)
{
	return parse_number(find_value(text, key), (uint64_t *)value);
}

bool json_change(const char *text, const char *field, uint64_t *before,
		 uint64_t *after)
{
	char pattern[128], object[256];
	const char *at;
	size_t len;

	snprintf(pattern, sizeof(pattern), "\"field\":\"%s\"", field);
	at = strstr(text, pattern);
	if (!at)
		return false;
	while (at > text && *at != '{')
		at--;
	len = strcspn(at, "}");
	if (len >= sizeof(object))
		return false;
	memcpy(object, at, len);
	object[len] = '\0';
	return parse_number(find_value(object, "before"), before) &&
	       parse_number(find_value(object, "after"), after);
}
