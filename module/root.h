/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Root: where the tasks that share an fs_struct are rooted.
 *
 * Keyed by the fs_struct, because CLONE_FS tasks move together: a chroot() by
 * one is legitimate for all.
 */
#ifndef _NSG_ROOT_H
#define _NSG_ROOT_H

#include <linux/fs_struct.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/path.h>
#include <linux/refcount.h>
#include <linux/spinlock.h>

struct nsg_origin;

/**
 * struct nsg_root - the expected root of one fs_struct
 * @node: in the table of all, under the table's lock
 * @ref: one per record, and one while a task without a record moves it
 * @fs: the fs_struct; immutable; no reference (a reference would be seen by
 *	unshare() and setns()), alive as long as a task of the record has it; only
 *	compared, and followed only where it equals a live task's fs
 * @lock: guards @path, @next, @was, @moves and @spare; taken outside fs->lock
 * @mover: held while chroot() and its like move this root; pivot_root() holds all
 *	of these off (root.c, moving)
 * @path: the root, with references of its own
 * @next: a root on its way in, valid too until it becomes @path; not
 *	referenced, the mover holds it
 * @was: the root before the last move; no references, only compared
 * @moves: how many there have been
 * @pwd_mnt: the mount of the working directory when it was last found to be the
 *	container's; only compared; written by any task that has @fs
 * @spare: an fs_struct for who has lost his: what is in his record may have been
 *	freed by whoever exchanged it.  The root is one of its users, so no task
 *	frees it; it is left behind if a task still has it when the root goes
 * @rcu: frees it; the sweep looks at the root of a task that may exit
 */
struct nsg_root {
	struct hlist_node node;
	refcount_t ref;
	struct fs_struct *fs;
	spinlock_t lock; /* path, next, was, moves, spare */
	struct mutex mover;
	struct path path;
	const struct path *next;
	struct path was;
	unsigned int moves;
	const struct vfsmount *pwd_mnt;
	struct fs_struct *spare;
	struct rcu_head rcu;
};

int nsg_roots_init(void);
void nsg_roots_exit(void);
struct nsg_root *nsg_root_alloc(gfp_t gfp);
void nsg_root_free(struct nsg_root *root);
void nsg_root_init(struct nsg_root *root, struct fs_struct *fs,
		   const struct path *path);
struct nsg_root *nsg_root_share(struct nsg_root *spare, struct fs_struct *fs);
struct nsg_root *nsg_root_tryshare(struct nsg_root *spare,
				   struct fs_struct *fs);
struct nsg_root *nsg_root_get(struct nsg_root *root);
void nsg_root_put(struct nsg_root *root);
void nsg_root_announce(struct nsg_root *root, const struct path *next);
struct nsg_root *nsg_root_announce_untracked(struct fs_struct *fs,
					     const struct path *next);
void nsg_root_settle_untracked(struct nsg_root *root);
void nsg_root_settle(struct nsg_root *root, bool moved);
void nsg_root_move(struct nsg_root *root, const struct path *path);
bool nsg_root_inherit(struct nsg_root *root, struct nsg_root *from,
		      unsigned int moves, struct fs_struct *fs, u32 mnt_ns,
		      const struct nsg_origin *origin);
bool nsg_root_intact(struct nsg_root *root, struct fs_struct *fs,
		     struct path *have);
void nsg_root_repair(struct nsg_root *root, struct fs_struct *fs, bool pwd);
struct fs_struct *nsg_root_rescue(struct nsg_root *root);
unsigned int nsg_roots_announce(const struct path *old,
				const struct path *next);
void nsg_roots_settle(const struct path *next);

/* For nsg_root_inherit(). */
static inline unsigned int nsg_root_moves(const struct nsg_root *root)
{
	return READ_ONCE(root->moves);
}

/* Is this an fs_struct that a task of this root may have? */
static inline bool nsg_root_has(const struct nsg_root *root,
				const struct fs_struct *fs)
{
	return fs == root->fs || fs == root->spare;
}

/* Lockless, for the fast comparison: a torn or moving root is looked at again. */
static __always_inline bool nsg_root_same(const struct nsg_root *root,
					  const struct fs_struct *fs)
{
	/* Each word is loaded once and compared. */
	return data_race(root->fs == fs &&
			 fs->root.mnt == root->path.mnt &&
			 fs->root.dentry == root->path.dentry &&
			 fs->pwd.mnt == root->pwd_mnt);
}

#endif /* _NSG_ROOT_H */
