// SPDX-License-Identifier: GPL-2.0
#include <linux/hashtable.h>
#include <linux/mount.h>
#include <linux/rwsem.h>
#include <linux/slab.h>

#include "counter.h"
#include "mount.h"
#include "root.h"

static DEFINE_HASHTABLE(table, 10);
static DEFINE_SPINLOCK(table_lock);
/*
 * Held for writing while roots move, which happens one at a time since each has
 * room for one on its way in; for reading while a copy of one is entered into
 * the table, so that pivot_root() moves either both or none.
 */
static DECLARE_RWSEM(moving);

/**
 * nsg_root_alloc - memory for a root
 *
 * Context: process context, may sleep.
 * Return: a root for nsg_root_init() or kfree(), or NULL.
 */
struct nsg_root *nsg_root_alloc(void)
{
	struct nsg_root *root;

	root = kzalloc(sizeof(*root), GFP_KERNEL_ACCOUNT);
	if (!root)
		nsg_count(NSG_C_ALLOC_FAILURES);
	return root;
}

static void prepare(struct nsg_root *root, struct fs_struct *fs,
		    const struct path *path)
{
	refcount_set(&root->ref, 1);
	spin_lock_init(&root->lock);
	root->fs = fs;
	root->path = *path;
	path_get(&root->path);
}

/**
 * nsg_root_init - the root takes up its work
 * @root: from nsg_root_alloc()
 * @fs: the fs_struct, kept alive by a task
 * @path: where it is rooted
 *
 * Context: process context.
 */
void nsg_root_init(struct nsg_root *root, struct fs_struct *fs,
		   const struct path *path)
{
	prepare(root, fs, path);
	spin_lock(&table_lock);
	hash_add(table, &root->node, (unsigned long)fs);
	spin_unlock(&table_lock);
}

static struct nsg_root *find_get(const struct fs_struct *fs)
{
	struct nsg_root *root;

	lockdep_assert_held(&table_lock);
	hash_for_each_possible(table, root, node, (unsigned long)fs)
		if (root->fs == fs && refcount_inc_not_zero(&root->ref))
			return root;
	return NULL;
}

/**
 * nsg_root_share - the root of an fs_struct, whose tasks may be tracked already
 * @spare: from nsg_root_alloc(); taken, or freed
 * @fs: current's
 *
 * Context: process context, may sleep.
 * Return: the root, with a reference.
 */
struct nsg_root *nsg_root_share(struct nsg_root *spare, struct fs_struct *fs)
{
	struct nsg_root *root;
	struct path path;

	down_read(&moving);
	get_fs_root(fs, &path);
	prepare(spare, fs, &path);
	spin_lock(&table_lock);
	root = find_get(fs);
	if (!root)
		hash_add(table, &spare->node, (unsigned long)fs);
	spin_unlock(&table_lock);
	up_read(&moving);
	path_put(&path);
	if (!root)
		return spare;
	path_put(&spare->path);
	kfree(spare);
	return root;
}

/**
 * nsg_root_get - take another reference
 * @root: a root that the caller holds
 *
 * Context: any.
 */
struct nsg_root *nsg_root_get(struct nsg_root *root)
{
	refcount_inc(&root->ref);
	return root;
}

/**
 * nsg_root_put - drop a reference
 * @root: the root, or NULL
 *
 * Context: process context, may sleep (the last mount reference may go).
 */
void nsg_root_put(struct nsg_root *root)
{
	might_sleep();
	if (!root || !refcount_dec_and_test(&root->ref))
		return;
	spin_lock(&table_lock);
	hash_del(&root->node);
	spin_unlock(&table_lock);
	path_put(&root->path);
	kfree_rcu(root, rcu);
}

/**
 * nsg_root_announce - a move begins: both roots are right until it is settled
 * @root: the root
 * @next: the new root, held by the caller until nsg_root_settle()
 *
 * Context: process context, may sleep; no other move until it is settled.
 */
void nsg_root_announce(struct nsg_root *root, const struct path *next)
{
	down_write(&moving);
	spin_lock(&root->lock);
	root->next = next;
	spin_unlock(&root->lock);
}

/**
 * nsg_root_announce_untracked - the same for a task without a record, whose
 *	fs_struct may be shared with one that has
 * @fs: current's
 * @next: the new root, held by the caller until nsg_root_settle()
 *
 * Context: process context, may sleep; no other move until it is settled.
 * Return: for nsg_root_settle_untracked().
 */
struct nsg_root *nsg_root_announce_untracked(struct fs_struct *fs,
					     const struct path *next)
{
	struct nsg_root *root;

	down_write(&moving);
	spin_lock(&table_lock);
	root = find_get(fs);
	spin_unlock(&table_lock);
	if (root) {
		spin_lock(&root->lock);
		root->next = next;
		spin_unlock(&root->lock);
	}
	return root;
}

/* With references on @next; the caller puts what was @path. */
static void move(struct nsg_root *root, const struct path *next)
{
	lockdep_assert_held(&root->lock);
	root->was = root->path;
	root->path = *next;
	path_get(&root->path);
	WRITE_ONCE(root->moves, root->moves + 1);
}

/**
 * nsg_root_settle - the move has been made, or not
 * @root: the root
 * @moved: it has
 *
 * Context: process context, may sleep.
 */
void nsg_root_settle(struct nsg_root *root, bool moved)
{
	struct path old = {};

	spin_lock(&root->lock);
	if (moved && root->next) {
		old = root->path;
		move(root, root->next);
	}
	root->next = NULL;
	spin_unlock(&root->lock);
	up_write(&moving);
	path_put(&old);
}

/**
 * nsg_root_settle_untracked - that move has been made
 * @root: what nsg_root_announce_untracked() returned
 *
 * Context: process context, may sleep.
 */
void nsg_root_settle_untracked(struct nsg_root *root)
{
	if (!root) {
		up_write(&moving);
		return;
	}
	nsg_root_settle(root, true);
	nsg_root_put(root);
}

/**
 * nsg_root_retarget - the fs_struct or its root was copied
 * @root: a root with no user but the caller's record
 * @fs: the new fs_struct
 * @path: its root
 *
 * Context: process context, may sleep.
 */
void nsg_root_retarget(struct nsg_root *root, struct fs_struct *fs,
		       const struct path *path)
{
	struct path old;

	spin_lock(&table_lock);
	hash_del(&root->node);
	root->fs = fs;
	hash_add(table, &root->node, (unsigned long)fs);
	spin_unlock(&table_lock);

	spin_lock(&root->lock);
	old = root->path;
	root->path = *path;
	path_get(&root->path);
	spin_unlock(&root->lock);
	path_put(&old);
}

static bool same(const struct path *a, const struct path *b)
{
	return a->mnt == b->mnt && a->dentry == b->dentry;
}

static bool copy_of(const struct path *copy, const struct path *path,
		    u32 mnt_ns)
{
	return copy->dentry == path->dentry &&
	       (copy->mnt == path->mnt ||
		nsg_mnt_ns_inum(copy->mnt) == mnt_ns);
}

/**
 * nsg_root_inherit - a copy of an fs_struct takes up its work
 * @root: from nsg_root_alloc()
 * @from: the root of the fs_struct that was copied
 * @moves: nsg_root_moves() of @from before that
 * @fs: the copy, kept alive by a task
 * @mnt_ns: inode number of that task's mount namespace: if it is a new one, so
 *	is the mount
 *
 * Another task may have moved @from since the copy was made.
 *
 * Context: process context, may sleep.
 * Return: false, and @root is as it was, if this is no copy of @from.
 */
bool nsg_root_inherit(struct nsg_root *root, struct nsg_root *from,
		      unsigned int moves, struct fs_struct *fs, u32 mnt_ns)
{
	struct path have;
	bool copied;

	down_read(&moving);
	get_fs_root(fs, &have);
	spin_lock(&from->lock);
	copied = copy_of(&have, &from->path, mnt_ns) ||
		 (from->moves != moves && copy_of(&have, &from->was, mnt_ns));
	spin_unlock(&from->lock);
	if (copied) {
		root->pwd_mnt = READ_ONCE(from->pwd_mnt);
		nsg_root_init(root, fs, &have);
	}
	up_read(&moving);
	path_put(&have);
	return copied;
}

/**
 * nsg_root_intact - compare with the fs_struct, under the locks
 * @root: the root, whose @fs a live task is known to have
 * @have: filled with the root found; no references
 *
 * Context: any but interrupts.
 */
bool nsg_root_intact(struct nsg_root *root, struct path *have)
{
	bool intact;

	spin_lock(&root->lock);
	spin_lock(&root->fs->lock);
	*have = root->fs->root;
	spin_unlock(&root->fs->lock);
	intact = same(have, &root->path) ||
		 (root->next && same(have, root->next));
	spin_unlock(&root->lock);
	return intact;
}

/**
 * nsg_root_repair - put the expected root back
 * @root: the root, whose @fs current has
 * @pwd: the working directory, too, becomes the root
 *
 * What the fs_struct had at the time of the record may have been put by the
 * attacker or merely overwritten, and nothing tells which: a reference of its
 * own is always right or one too many, never one too few.  The root found is
 * left alone for the same reason.
 *
 * Context: any but interrupts.
 */
void nsg_root_repair(struct nsg_root *root, bool pwd)
{
	struct fs_struct *fs = root->fs;

	spin_lock(&root->lock);
	spin_lock(&fs->lock);
	write_seqcount_begin(&fs->seq);
	if (!same(&fs->root, &root->path)) {
		path_get(&root->path);
		fs->root = root->path;
	}
	if (pwd) {
		path_get(&root->path);
		fs->pwd = root->path;
	}
	write_seqcount_end(&fs->seq);
	spin_unlock(&fs->lock);
	spin_unlock(&root->lock);
}

/**
 * nsg_roots_announce - pivot_root() is about to move every task rooted here
 * @old: the root they have
 * @next: the root they get, held by the caller until nsg_roots_settle()
 *
 * Context: process context, may sleep; no other move until it is settled.
 * Return: how many it concerns.
 */
unsigned int nsg_roots_announce(const struct path *old, const struct path *next)
{
	struct nsg_root *root;
	unsigned int n = 0;
	int i;

	down_write(&moving);
	spin_lock(&table_lock);
	hash_for_each(table, i, root, node) {
		spin_lock(&root->lock);
		if (same(&root->path, old)) {
			root->next = next;
			n++;
		}
		spin_unlock(&root->lock);
	}
	spin_unlock(&table_lock);
	return n;
}

/**
 * nsg_roots_settle - the move has been made
 * @next: what nsg_roots_announce() was told
 *
 * Context: process context, may sleep.
 */
void nsg_roots_settle(const struct path *next)
{
	struct nsg_root *root;
	struct path old = {};
	unsigned long moved = 0;
	int i;

	/* All have the same old root: its references can go together, later. */
	spin_lock(&table_lock);
	hash_for_each(table, i, root, node) {
		spin_lock(&root->lock);
		if (root->next == next) {
			old = root->path;
			move(root, next);
			root->next = NULL;
			moved++;
		}
		spin_unlock(&root->lock);
	}
	spin_unlock(&table_lock);
	up_write(&moving);
	while (moved--)
		path_put(&old);
}
