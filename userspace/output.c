// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"

/* Of lines of text. */
#define WIDTH	78

void out_error(const char *fmt, ...)
{
	va_list args;

	fputs("nsguardctl: ", stderr);
	va_start(args, fmt);
	vfprintf(stderr, fmt, args);
	va_end(args);
	fputc('\n', stderr);
}

void out_json(FILE *out, const json_t *value)
{
	json_dumpf(value, out, JSON_COMPACT | JSON_ENSURE_ASCII);
	fputc('\n', out);
	fflush(out);
}

bool out_flush(FILE *out)
{
	if (!fflush(out) && !ferror(out))
		return true;
	out_error("cannot write the output: %s", strerror(errno));
	return false;
}

static bool is_plain(const char *s)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
		"0123456789_-./:@+%=~";

	return *s && !s[strspn(s, plain)];
}

/* Escaped as in JSON, DEL too, which JSON would let through. */
static int write_quoted(FILE *out, const json_t *value)
{
	char *text = json_dumps(value, JSON_ENCODE_ANY | JSON_ENSURE_ASCII);
	int width = 0;

	if (!text)
		return fprintf(out, "?");
	for (const char *p = text; *p; p++)
		width += fprintf(out, *p == 0x7f ? "\\u007F" : "%c", *p);
	free(text);
	return width;
}

int out_value(FILE *out, const json_t *value)
{
	if (json_is_string(value)) {
		const char *text = json_string_value(value);

		if (is_plain(text))
			return fprintf(out, "%s", text);
		return write_quoted(out, value);
	}
	if (json_is_integer(value))
		return fprintf(out, "%" JSON_INTEGER_FORMAT,
			       json_integer_value(value));
	if (json_is_boolean(value))
		return fprintf(out, json_is_true(value) ? "yes" : "no");
	return fprintf(out, "?");
}

void out_column(FILE *out, const json_t *value, int width)
{
	int used = out_value(out, value);

	fprintf(out, "%*s", used < width ? width - used : 1, "");
}

void out_field(FILE *out, const char *before, const json_t *object,
	       const char *key)
{
	const json_t *value = json_object_get(object, key);

	if (!value || json_is_null(value))
		return;
	fputs(before, out);
	out_value(out, value);
}

void out_paragraph(FILE *out, const char *text, int margin, int used)
{
	const char *between = "";

	if (!used)
		used = fprintf(out, "%*s", margin, "");
	while (*text) {
		int len = strcspn(text, " ");

		if (*between && used + 1 + len > WIDTH) {
			used = fprintf(out, "\n%*s", margin, "") - 1;
			between = "";
		}
		used += fprintf(out, "%s%.*s", between, len, text);
		between = " ";
		text += len;
		text += strspn(text, " ");
	}
	fputc('\n', out);
}

bool out_u64(const json_t *value, uint64_t *number)
{
	char *end;

	if (json_is_integer(value)) {
		*number = json_integer_value(value);
		return true;
	}
	if (!json_is_string(value))
		return false;
	/* Only what lies beyond a JSON integer travels as a string. */
	errno = 0;
	*number = strtoull(json_string_value(value), &end, 10);
	return !errno && !*end && end != json_string_value(value);
}
