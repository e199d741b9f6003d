/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adoption: containers that run when the module is loaded.
 */
#ifndef _NSG_ADOPT_H
#define _NSG_ADOPT_H

#include <linux/compiler.h>
#include <linux/types.h>

struct nsg_record;
struct task_struct;

/* The loader looks for containers: see nsg_adopt_maker(). */
extern bool nsg_adopt_looking;

int nsg_adopt_begin(void);
int nsg_adopt_all(void);
void nsg_adopt_self(struct nsg_record *rec);
void nsg_adopt_worker(struct nsg_record *rec);
struct nsg_record *nsg_adopt_maker(void);
void nsg_adopt_child(struct task_struct *task, struct nsg_record *parent);

#endif /* _NSG_ADOPT_H */
