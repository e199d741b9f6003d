/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_MOUNT_H
#define _NSG_MOUNT_H

#include <linux/types.h>

struct vfsmount;

int nsg_mount_calibrate(void);
u32 nsg_mnt_ns_inum(const struct vfsmount *mnt);

#endif /* _NSG_MOUNT_H */
