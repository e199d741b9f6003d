/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adoption: containers that run when the module is loaded.
 */
#ifndef _NSG_ADOPT_H
#define _NSG_ADOPT_H

#include <linux/types.h>

#include <asm/barrier.h>

struct nsg_record;
struct task_struct;

/*
 * The loader looks for containers: see nsg_adopt_note().  Written by the loader; once
 * it is false again it stays so.
 */
extern bool nsg_adopt_looking;

/*
 * A task without a record may be a container's that the loader has not met yet.  Asked
 * before it is looked for: who sees that the loader is through finds all records.
 */
static inline bool nsg_adopt_goes_on(void)
{
	return smp_load_acquire(&nsg_adopt_looking); /* see end_looking() */
}

int nsg_adopt_begin(void);
int nsg_adopt_all(void);
void nsg_adopt_self(struct nsg_record *rec);
void nsg_adopt_worker(struct nsg_record *rec);
void nsg_adopt_note(struct task_struct *task);
void nsg_adopt_child(struct task_struct *task, struct nsg_record *parent);

#endif /* _NSG_ADOPT_H */
