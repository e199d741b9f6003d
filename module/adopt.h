/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Adoption: containers that run when the module is loaded.
 */
#ifndef _NSG_ADOPT_H
#define _NSG_ADOPT_H

struct nsg_record;

int nsg_adopt_all(void);
void nsg_adopt_self(struct nsg_record *rec);

#endif /* _NSG_ADOPT_H */
