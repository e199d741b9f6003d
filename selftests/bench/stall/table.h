/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_STALL_TABLE_H
#define _NSG_STALL_TABLE_H

#include <linux/seq_file.h>
#include <linux/types.h>

/**
 * enum stall_kind - what is measured
 * @STALL_OFF: preemption is off, or interrupts are, in the module or already where
 *	it was called
 * @STALL_STRETCH: from where the module is entered, or gave way last, to where it
 *	is left, or gives way
 * @STALL_WHOLE: one call, whether it gave way or not
 */
enum stall_kind {
	STALL_OFF,
	STALL_STRETCH,
	STALL_WHOLE,
	STALL_KINDS,
};

/**
 * struct stall_place - a function of the module, or a line of it
 * @key: its address, or that of its name; NULL in an unused one
 * @line: 0 for a function
 * @name: of the function; a copy, since the module goes
 * @wraps: a hook around a function of the kernel's, whose time is not the module's
 * @kind: what was measured of it
 */
struct stall_place {
	const void *key;
	int line;
	char name[48];
	bool wraps;
	struct {
		u64 count, most, most_disturbed;
	} kind[STALL_KINDS];
};

struct stall_place *stall_place(const void *key, int line);
void stall_note(struct stall_place *place, enum stall_kind kind, u64 spent,
		bool disturbed);
void stall_clear(void);
void stall_show(struct seq_file *seq);

#endif /* _NSG_STALL_TABLE_H */
