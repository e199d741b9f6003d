/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Entry: how a task comes to be tracked.
 */
#ifndef _NSG_ENTRY_H
#define _NSG_ENTRY_H

#include <linux/types.h>

struct nsg_entry;
struct nsg_record;
struct task_struct;

/**
 * enum nsg_became - what came of an untracked task
 * @NSG_BECAME_NOTHING: it is what it was
 * @NSG_BECAME_PROGRAM: it has executed one
 * @NSG_BECAME_RESTORED: what it executes has been replaced without an exec
 */
enum nsg_became {
	NSG_BECAME_NOTHING,
	NSG_BECAME_PROGRAM,
	NSG_BECAME_RESTORED,
};

bool nsg_entry_possible(void);
bool nsg_entry_may_nest(const struct nsg_record *rec);
struct nsg_entry *nsg_entry_prepare(bool tracked);
void nsg_entry_finish(struct nsg_entry *entry, enum nsg_became became);
void nsg_entry_nest(struct nsg_entry *entry, struct nsg_record *rec,
		    bool executed);
void nsg_entry_adopt(struct nsg_record *rec);
void nsg_entry_conceive(struct task_struct *child, struct nsg_record *parent);
void nsg_entry_fork(struct nsg_record *rec, struct nsg_record *parent);

#endif /* _NSG_ENTRY_H */
