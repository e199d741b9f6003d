// SPDX-License-Identifier: GPL-2.0
#include <linux/fs_struct.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/ns_common.h>
#include <linux/nsproxy.h>
#include <linux/uaccess.h>

#include "log.h"
#include "mount.h"

/* From struct vfsmount to the mnt_ns of the struct mount around it, in bytes. */
static int mnt_ns_offset __ro_after_init;

static const void *member_at(const struct vfsmount *mnt, int offset)
{
	const void *value = NULL;

	if (copy_from_kernel_nofault(&value, (const char *)mnt + offset,
				     sizeof(value)))
		return NULL;
	return value;
}

/**
 * nsg_mount_calibrate - find mnt_ns in struct mount
 *
 * The structure is private to the kernel and its layout differs.  A mount of
 * the caller's namespace points to that namespace; a second mount has to agree.
 *
 * Context: process context of a task in its usual namespaces, may sleep.
 * Return: 0, -ENOENT if it can't be told.
 */
int __init nsg_mount_calibrate(void)
{
	const void *ns = current->nsproxy->mnt_ns;
	struct path root, proc;
	int offset, err;

	err = kern_path("/proc/self", 0, &proc);
	if (err) {
		nsg_err("/proc has to be mounted when nsguard is loaded\n");
		return err;
	}
	get_fs_root(current->fs, &root);
	err = -ENOENT;
	for (offset = sizeof(struct vfsmount); offset < 400;
	     offset += sizeof(void *)) {
		if (member_at(root.mnt, offset) == ns &&
		    member_at(proc.mnt, offset) == ns) {
			mnt_ns_offset = offset;
			err = 0;
			break;
		}
	}
	path_put(&root);
	path_put(&proc);
	if (err)
		nsg_err("can't tell a mount's namespace on this kernel\n");
	return err;
}

/**
 * nsg_mnt_ns_inum - the mount namespace that a mount belongs to
 * @mnt: a mount, maybe a pointer of an attacker's making
 *
 * Context: any.
 * Return: inode number; 0 for a detached mount.
 */
u32 nsg_mnt_ns_inum(const struct vfsmount *mnt)
{
	/* struct mnt_namespace is private, but begins with its ns_common. */
	const struct ns_common *ns = member_at(mnt, mnt_ns_offset);
	u32 inum = 0;

	if (IS_ERR_OR_NULL(ns) ||
	    copy_from_kernel_nofault(&inum, &ns->inum, sizeof(inum)))
		return 0;
	return inum;
}
