// SPDX-License-Identifier: GPL-2.0
#include <linux/fs_struct.h>
#include <linux/path.h>

#include "check.h"
#include "config.h"
#include "context.h"
#include "hook_table.h"
#include "host.h"
#include "mount.h"
#include "rule.h"

static bool deny_root(struct nsg_record *rec, const struct path *path,
		      const struct nsg_site *site)
{
	struct nsg_incident incident = {
		.site = site,
		.rule = NSG_RULE_ROOT_FOREIGN,
		.diff = NSG_F_BIT(ROOT_MNT_NS),
	};
	bool owned;
	u32 inum;

	/* A namespace that ends loses its mounts a grace period before its number. */
	rcu_read_lock();
	inum = nsg_mnt_ns_inum(path->mnt);
	/* A detached mount (fsmount, pivot_root(".", ".")) is nobody else's. */
	owned = !inum || nsg_host_owns(rec->origin, inum);
	rcu_read_unlock();
	if (owned)
		return false;
	nsg_subject_of_record(&incident.want, rec);
	incident.have.v[NSG_F_ROOT_MNT_NS] = inum;
	return nsg_respond(rec, &incident);
}

static void follow_untracked(struct fs_struct *fs, const struct path *path);
static void follow_tracked(struct nsg_record *rec, struct fs_struct *fs,
			   const struct path *path, bool audited);

NSG_WRAPPER_VOID(set_fs_root, (struct fs_struct *fs, const struct path *path),
		 (fs, path), "set_fs_root")
{
	static const struct nsg_site site = {
		.layer = NSGUARD_LAYER_TRANSITION,
		.hook = "set_fs_root",
	};
	struct nsg_record *rec = nsg_record_live(current);
	/* setns() of several kinds prepares a copy first, which is no one's. */
	bool own = rec && fs == rec->root->fs;
	bool audited;

	if (!own && (rec || !nsg_may_sleep())) {
		nsg_orig(set_fs_root)(fs, path);
		return;
	}
	if (likely(!rec)) {
		follow_untracked(fs, path);
		return;
	}
	nsg_hit(&nsg_hook_set_fs_root);
	/* It was judged, and reported, with the namespace that it is of. */
	audited = nsg_record_in_call(rec, rec->audited_call);
	if (nsg_layer_active(NSGUARD_LAYER_TRANSITION) && !audited &&
	    deny_root(rec, path, &site))
		return;
	/* Where nothing may sleep it is no move of the kernel's to be followed. */
	if (nsg_may_sleep())
		follow_tracked(rec, fs, path, audited);
	else
		nsg_orig(set_fs_root)(fs, path);
}

/* It may share its fs_struct with a thread that was adopted before it. */
static void follow_untracked(struct fs_struct *fs, const struct path *path)
{
	struct nsg_move move;

	nsg_move_begin_untracked(&move, fs, path);
	nsg_orig(set_fs_root)(fs, path);
	nsg_move_end_untracked(&move);
}

static void follow_tracked(struct nsg_record *rec, struct fs_struct *fs,
			   const struct path *path, bool audited)
{
	struct nsg_move move;

	nsg_move_begin(&move, rec->root, fs, path);
	nsg_orig(set_fs_root)(fs, path);
	nsg_move_end(&move, rec->origin);
	/* The same setns() takes the working directory along. */
	if (audited)
		WRITE_ONCE(rec->root->pwd_mnt, path->mnt);
}

/* pivot_root() moves every task that has the old root, whoever calls it. */
NSG_WRAPPER_VOID(chroot_fs_refs,
		 (const struct path *old_root, const struct path *new_root),
		 (old_root, new_root), "chroot_fs_refs")
{
	static const struct nsg_site site = {
		.layer = NSGUARD_LAYER_TRANSITION,
		.hook = "chroot_fs_refs",
	};
	struct nsg_record *rec = nsg_record_live(current);
	unsigned int moving;

	/* Both: it moves everybody who has the old one. */
	if (unlikely(rec) && nsg_layer_active(NSGUARD_LAYER_TRANSITION) &&
	    (deny_root(rec, new_root, &site) || deny_root(rec, old_root, &site)))
		return;
	if (!nsg_may_sleep()) {
		nsg_orig(chroot_fs_refs)(old_root, new_root);
		return;
	}
	moving = nsg_pivot_begin(old_root, new_root);
	nsg_orig(chroot_fs_refs)(old_root, new_root);
	nsg_pivot_end(old_root, new_root);
	/* It went along with the root, which has been judged. */
	if (unlikely(rec) && rec->root->fs == current->fs &&
	    READ_ONCE(current->fs->pwd.mnt) == new_root->mnt)
		WRITE_ONCE(rec->root->pwd_mnt, new_root->mnt);
	if (moving)
		nsg_hit(&nsg_hook_chroot_fs_refs);
}
