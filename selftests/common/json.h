/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_JSON_H
#define SELFTESTS_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Just enough of JSON for the tests, whose programs are static and small.  The
 * look-ups want a text without blanks between tokens: json_compact() first.
 */
void json_compact(char *text);
/* The first "key":"string"; false if there is none. */
bool json_string(const char *text, const char *key, char *to, size_t size);
/* The first "key":number. */
bool json_number(const char *text, const char *key, int64_t *value);
/* An event's change of a field. */
bool json_change(const char *text, const char *field, uint64_t *before,
		 uint64_t *after);

#endif /* SELFTESTS_JSON_H */
