/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_KILL_H
#define _NSG_KILL_H

struct nsg_record;

void nsg_kill_init(struct nsg_record *rec);
void nsg_kill(struct nsg_record *rec);

#endif /* _NSG_KILL_H */
