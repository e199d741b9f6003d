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
 * @lock: guards all from here to @stale; taken outside fs->lock
 * @path: the root, with references of its own
 * @movers: how many chroot() and its like are under way (struct nsg_move)
 * @next: where the last of them goes, valid while it is under way; not referenced
 * @pivot: where pivot_root() takes it at this moment; not referenced, who moves
 *	holds it
 * @was: the root before the last move; no references, only compared
 * @either: the last move was pivot_root()'s, which may have missed this one: it is
 *	at @path or at @was
 * @moves: how many there have been, at least; also read without the lock
 * @stale: was @path, and its references wait for where they can be put
 * @pwd_mnt: the mount of the working directory when it was last found to be the
 *	container's; only compared; written by any task that has @fs
 * @given_ns: inode number of the mount namespace of the directory that they were put
 *	in, whose it is; 0 if there is none (nsg_root_give())
 * @spare: an fs_struct for who has lost his, or finds another root in it: it may have
 *	been freed by whoever did that.  The root is one of its users, so no task
 *	frees it; it is left behind if a task still has it when the root goes
 * @rcu: frees it; the sweep looks at the root of a task that may exit
 */
struct nsg_root {
	struct hlist_node node;
	refcount_t ref;
	struct fs_struct *fs;
	spinlock_t lock; /* all from here to stale */
	struct path path;
	unsigned int movers;
	const struct path *next;
	const struct path *pivot;
	struct path was;
	bool either;
	unsigned int moves;
	struct path stale;
	const struct vfsmount *pwd_mnt;
	u32 given_ns;
	struct fs_struct *spare;
	struct rcu_head rcu;
};

/**
 * struct nsg_move - one that is under way, on the stack of who makes it
 * @node: in the list of those whose fs_struct has no root (root.c), under the
 *	table's lock
 * @fs: current's
 * @next: where it goes, held by the caller
 * @root: the root; NULL while there is none, and that under the table's lock
 */
struct nsg_move {
	struct hlist_node node;
	struct fs_struct *fs;
	const struct path *next;
	struct nsg_root *root;
};

enum nsg_root_look {
	NSG_ROOT_THERE,
	NSG_ROOT_MOVING,
	NSG_ROOT_ELSEWHERE,
};

int nsg_roots_init(void);
void nsg_roots_exit(void);
struct nsg_root *nsg_root_alloc(gfp_t gfp);
void nsg_root_free(struct nsg_root *root);
void nsg_root_init(struct nsg_root *root, struct fs_struct *fs,
		   const struct path *path);
struct nsg_root *nsg_root_share(struct nsg_root *spare, struct fs_struct *fs);
struct nsg_root *nsg_root_get(struct nsg_root *root);
void nsg_root_put(struct nsg_root *root);
unsigned int nsg_root_moves(const struct nsg_root *root);
void nsg_move_begin(struct nsg_move *move, struct nsg_root *root,
		    struct fs_struct *fs, const struct path *next);
void nsg_move_end(struct nsg_move *move, const struct nsg_origin *origin);
void nsg_move_begin_untracked(struct nsg_move *move, struct fs_struct *fs,
			      const struct path *next);
void nsg_move_end_untracked(struct nsg_move *move);
void nsg_root_move(struct nsg_root *root, const struct path *path);
bool nsg_root_inherit(struct nsg_root *root, struct nsg_root *from,
		      unsigned int moves, struct fs_struct *fs, u32 mnt_ns,
		      const struct nsg_origin *origin);
enum nsg_root_look nsg_root_look(struct nsg_root *root, struct fs_struct *fs,
				 struct path *have);
void nsg_root_give(struct nsg_root *root, const struct vfsmount *mnt);
bool nsg_root_repair(struct nsg_root *root, struct fs_struct *fs, bool pwd);
struct fs_struct *nsg_root_rescue(struct nsg_root *root);
unsigned int nsg_pivot_begin(const struct path *old, const struct path *next);
void nsg_pivot_end(const struct path *old, const struct path *next);

static inline bool nsg_fs_is_shared(struct fs_struct *fs)
{
	bool shared;

	spin_lock(&fs->lock);
	shared = fs->users > 1;
	spin_unlock(&fs->lock);
	return shared;
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
