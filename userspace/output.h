/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARDCTL_OUTPUT_H
#define NSGUARDCTL_OUTPUT_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <jansson.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))

/* One line on standard error, behind the program's name. */
__attribute__((format(printf, 1, 2)))
void out_error(const char *fmt, ...);

/*
 * Writes @value as one line of JSON and flushes.  Everything outside ASCII is
 * escaped, so that the line is safe on a terminal and in any locale.
 */
void out_json(FILE *out, const json_t *value);

/* Flushes; false, after a message, if anything could not be written. */
bool out_flush(FILE *out);

/*
 * Writes a scalar and returns its width.  A string of harmless characters
 * stands as it is; any other is quoted and escaped, since a task chooses its
 * comm and the names of its files.  A missing value is "?".
 */
int out_value(FILE *out, const json_t *value);

/* The same, followed by blanks up to @width and at least one. */
void out_column(FILE *out, const json_t *value, int width);

/* The value @key of @object as text, behind @before; nothing if missing. */
void out_field(FILE *out, const char *before, const json_t *object,
	       const char *key);

/*
 * Writes a text of words, which breaks at blanks, and ends the line.  Lines
 * begin with @margin blanks; of the first @used columns are written already.
 */
void out_paragraph(FILE *out, const char *text, int margin, int used);

/* The number that @value stands for; false if it is none. */
bool out_u64(const json_t *value, uint64_t *number);

#endif /* NSGUARDCTL_OUTPUT_H */
