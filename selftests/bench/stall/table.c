// SPDX-License-Identifier: GPL-2.0
#include <linux/hash.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/minmax.h>
#include <linux/string.h>

#include "table.h"

#define BITS 10

static struct stall_place places[1 << BITS];
static const char *const kinds[] = { "off", "stretch", "whole" };

static void name_it(struct stall_place *place, const void *key, int line)
{
	char *dot;

	if (line)
		strscpy(place->name, key, sizeof(place->name));
	else
		snprintf(place->name, sizeof(place->name), "%ps", key);
	/* What the compiler has made of a function bears its name. */
	dot = strchr(place->name, '.');
	if (dot)
		*dot = '\0';
	/* kallsyms appends the module's name. */
	dot = strchr(place->name, ' ');
	if (dot)
		*dot = '\0';
	place->wraps = strstarts(place->name, "nsg_wrap");
	place->line = line;
	place->key = key;
}

/**
 * stall_place - find or make the place
 * @key: a function, or its name with @line
 * @line: 0 for a function
 *
 * Context: any but NMI.
 * Return: the place; NULL if there are too many.
 */
struct stall_place *stall_place(const void *key, int line)
{
	unsigned int i, n = hash_long((unsigned long)key + line, BITS);
	struct stall_place *place = NULL;
	unsigned long flags;

	local_irq_save(flags);
	for (i = 0; i < ARRAY_SIZE(places); i++, n++) {
		place = &places[n % ARRAY_SIZE(places)];
		if (!place->key)
			name_it(place, key, line);
		if (place->key == key && place->line == line)
			break;
		place = NULL;
	}
	local_irq_restore(flags);
	return place;
}

/**
 * stall_note - it was measured once more
 * @place: where
 * @kind: what
 * @spent: instructions
 * @disturbed: those of an interrupt are among them
 *
 * Context: any but NMI.
 */
void stall_note(struct stall_place *place, enum stall_kind kind, u64 spent,
		bool disturbed)
{
	unsigned long flags;

	if (!place)
		return;
	local_irq_save(flags);
	place->kind[kind].count++;
	if (disturbed)
		place->kind[kind].most_disturbed =
			max(spent, place->kind[kind].most_disturbed);
	else
		place->kind[kind].most = max(spent, place->kind[kind].most);
	local_irq_restore(flags);
}

/**
 * stall_clear - forget all
 *
 * Context: process context.
 */
void stall_clear(void)
{
	unsigned long flags;
	unsigned int i;

	local_irq_save(flags);
	/* The module may have come back elsewhere: its names go as well. */
	for (i = 0; i < ARRAY_SIZE(places); i++)
		memset(&places[i], 0, sizeof(places[i]));
	local_irq_restore(flags);
}

/**
 * stall_show - print what was measured
 * @seq: where to
 *
 * Context: process context.
 */
void stall_show(struct seq_file *seq)
{
	const struct stall_place *place;
	unsigned int i, kind;

	for (i = 0; i < ARRAY_SIZE(places); i++) {
		place = &places[i];
		for (kind = 0; place->key && kind < STALL_KINDS; kind++) {
			if (!place->kind[kind].count ||
			    (kind != STALL_OFF && place->wraps))
				continue;
			seq_printf(seq, "%s %s", kinds[kind], place->name);
			if (place->line)
				seq_printf(seq, ":%d", place->line);
			seq_printf(seq, " %llu %llu %llu\n",
				   place->kind[kind].most,
				   place->kind[kind].most_disturbed,
				   place->kind[kind].count);
		}
	}
}
