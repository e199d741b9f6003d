/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Lineage: which namespaces belong to which container.
 *
 * A namespace is known by its inode number, which is unique among the living
 * ones of all kinds.  Pointers and numbers are recycled, so the number is
 * forgotten when the kernel frees it (the hook on proc_free_inum()).  Holding
 * references instead would keep the mounts of dead containers busy.
 */
#ifndef _NSG_LINEAGE_H
#define _NSG_LINEAGE_H

#include <linux/types.h>

struct nsg_origin;

/* What one container can make the module remember; see nsg_lineage_add(). */
#define NSG_LINEAGE_MAX	4096

int nsg_lineage_init(void);
void nsg_lineage_exit(void);
bool nsg_lineage_has(const struct nsg_origin *origin, u32 inum);
bool nsg_lineage_foreign(const struct nsg_origin *origin, u32 inum);
int nsg_lineage_add(struct nsg_origin *origin, u32 inum);
struct nsg_origin *nsg_lineage_owner_get(u32 mnt_inum);
void nsg_lineage_forget(u32 inum);
void nsg_lineage_drop(struct nsg_origin *origin);

#endif /* _NSG_LINEAGE_H */
