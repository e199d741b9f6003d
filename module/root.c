// SPDX-License-Identifier: GPL-2.0
#include <linux/hashtable.h>
#include <linux/kmemleak.h>
#include <linux/mount.h>
#include <linux/rwsem.h>

#include "cache.h"
#include "counter.h"
#include "host.h"
#include "mount.h"
#include "root.h"

static DEFINE_HASHTABLE(table, 10);
static DEFINE_SPINLOCK(table_lock);
/*
 * Held for reading while a single root moves (nsg_root.mover), and while a copy of
 * one is entered into the table, so that pivot_root() moves either both or none.
 * Held for writing while pivot_root() moves all roots that are at one place, and
 * while an fs_struct that others have as well is looked for: nobody moves it
 * between what it holds is read and its root is found or made.
 *
 * A container may be throttled while it moves its root.  Whoever writes waits for
 * that, and behind pivot_root() so does who changes a mount, since that holds the
 * kernel's namespace_sem meanwhile.
 */
static DECLARE_RWSEM(moving);
static struct kmem_cache *cache;

/**
 * nsg_roots_init - make the cache
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM.
 */
int __init nsg_roots_init(void)
{
	cache = NSG_CACHE(struct nsg_root, "root");
	return cache ? 0 : -ENOMEM;
}

/**
 * nsg_roots_exit - the last root has gone
 *
 * Context: process context, may sleep.
 */
void nsg_roots_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

/**
 * nsg_root_alloc - memory for a root
 * @gfp: GFP_KERNEL, or with __GFP_NOFAIL
 *
 * Context: process context, may sleep.
 * Return: a root for nsg_root_init() or nsg_root_free(), or NULL.
 */
struct nsg_root *nsg_root_alloc(gfp_t gfp)
{
	struct nsg_root *root = kmem_cache_zalloc(cache, gfp);

	if (root) {
		root->spare = kzalloc(sizeof(*root->spare),
				      gfp | __GFP_ACCOUNT);
		if (root->spare)
			return root;
		kmem_cache_free(cache, root);
	}
	nsg_count(NSG_C_ALLOC_FAILURES);
	return NULL;
}

/**
 * nsg_root_free - undo nsg_root_alloc()
 * @root: a root that was not used
 *
 * Context: any but NMI.
 */
void nsg_root_free(struct nsg_root *root)
{
	kfree(root->spare);
	kmem_cache_free(cache, root);
}

static void prepare(struct nsg_root *root, struct fs_struct *fs,
		    const struct path *path)
{
	refcount_set(&root->ref, 1);
	spin_lock_init(&root->lock);
	mutex_init(&root->mover);
	root->fs = fs;
	root->path = *path;
	path_get(&root->path);
}

/* Under @moving, so that whoever walks the table misses none. */
static void enter(struct nsg_root *root, struct fs_struct *fs,
		  const struct path *path)
{
	lockdep_assert_held_read(&moving);
	prepare(root, fs, path);
	spin_lock(&table_lock);
	hash_add(table, &root->node, (unsigned long)fs);
	spin_unlock(&table_lock);
}

/**
 * nsg_root_init - the root takes up its work
 * @root: from nsg_root_alloc()
 * @fs: the fs_struct, kept alive by a task
 * @path: where it is rooted
 *
 * Context: process context, may sleep.
 */
void nsg_root_init(struct nsg_root *root, struct fs_struct *fs,
		   const struct path *path)
{
	down_read(&moving);
	enter(root, fs, path);
	up_read(&moving);
}

static bool same(const struct path *a, const struct path *b)
{
	return a->mnt == b->mnt && a->dentry == b->dentry;
}

static bool is_at(struct nsg_root *root, const struct path *path)
{
	bool at;

	spin_lock(&root->lock);
	at = same(&root->path, path) || (root->next && same(root->next, path));
	spin_unlock(&root->lock);
	return at;
}

/*
 * An fs_struct is found by its address, and unshare() frees one before its root is
 * known to be another's: so what it holds is asked as well.
 */
static struct nsg_root *find_get(const struct fs_struct *fs,
				 const struct path *path)
{
	struct nsg_root *root;

	lockdep_assert_held(&table_lock);
	hash_for_each_possible(table, root, node, (unsigned long)fs)
		if (root->fs == fs && is_at(root, path) &&
		    refcount_inc_not_zero(&root->ref))
			return root;
	return NULL;
}

static bool is_shared(struct fs_struct *fs)
{
	bool shared;

	spin_lock(&fs->lock);
	shared = fs->users > 1;
	spin_unlock(&fs->lock);
	return shared;
}

/*
 * Under @moving, for writing if another task has the fs_struct.  The caller puts
 * what is filled into @path.
 */
static struct nsg_root *share(struct nsg_root *spare, struct fs_struct *fs,
			      struct path *path)
{
	struct nsg_root *root;

	lockdep_assert_held(&moving);
	get_fs_root(fs, path);
	prepare(spare, fs, path);
	spin_lock(&table_lock);
	root = find_get(fs, path);
	if (!root)
		hash_add(table, &spare->node, (unsigned long)fs);
	spin_unlock(&table_lock);
	if (!root)
		return spare;
	/* @path has references too: not the last. */
	path_put(&spare->path);
	nsg_root_free(spare);
	return root;
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

	/* Only current could give it to others. */
	if (is_shared(fs)) {
		down_write(&moving);
		root = share(spare, fs, &path);
		up_write(&moving);
	} else {
		down_read(&moving);
		root = share(spare, fs, &path);
		up_read(&moving);
	}
	path_put(&path);
	return root;
}

/**
 * nsg_root_tryshare - the same where locks may be held that a move waits for
 * @spare: from nsg_root_alloc(); taken, or freed
 * @fs: current's
 *
 * Context: process context, may sleep.
 * Return: the root, with a reference; NULL, and @spare is as it was, while roots
 *	move.
 */
struct nsg_root *nsg_root_tryshare(struct nsg_root *spare,
				   struct fs_struct *fs)
{
	struct nsg_root *root;
	struct path path;

	if (!down_write_trylock(&moving))
		return NULL;
	root = share(spare, fs, &path);
	up_write(&moving);
	path_put(&path);
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

static void free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct nsg_root, rcu));
}

/* No task has the root any more, but one may have the spare fs_struct. */
static void drop_spare(struct fs_struct *spare)
{
	bool last;

	/* Never handed out. */
	if (!spare->users) {
		kfree(spare);
		return;
	}
	spin_lock(&spare->lock);
	last = spare->users == 1;
	spin_unlock(&spare->lock);
	if (!last) {
		kmemleak_not_leak(spare);
		return;
	}
	path_put(&spare->root);
	path_put(&spare->pwd);
	kfree(spare);
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
	drop_spare(root->spare);
	call_rcu(&root->rcu, free_rcu);
}

static void set_next(struct nsg_root *root, const struct path *next)
{
	spin_lock(&root->lock);
	root->next = next;
	spin_unlock(&root->lock);
}

/**
 * nsg_root_announce - a move begins: both roots are right until it is settled
 * @root: the root
 * @next: the new root, held by the caller until nsg_root_settle()
 *
 * Context: process context, may sleep; no other move of it until it is settled.
 */
void nsg_root_announce(struct nsg_root *root, const struct path *next)
{
	down_read(&moving);
	mutex_lock(&root->mover);
	set_next(root, next);
}

/**
 * nsg_root_announce_untracked - the same for a task without a record, whose
 *	fs_struct may be shared with one that has
 * @fs: current's
 * @next: the new root, held by the caller until nsg_root_settle()
 *
 * Context: process context, may sleep; no other move of it until it is settled.
 * Return: for nsg_root_settle_untracked().
 */
struct nsg_root *nsg_root_announce_untracked(struct fs_struct *fs,
					     const struct path *next)
{
	struct nsg_root *root;
	struct path path;

	down_read(&moving);
	/* Only compared, and without a pause in which a sibling could move it. */
	spin_lock(&table_lock);
	spin_lock(&fs->lock);
	path = fs->root;
	spin_unlock(&fs->lock);
	root = find_get(fs, &path);
	spin_unlock(&table_lock);
	if (root) {
		mutex_lock(&root->mover);
		set_next(root, next);
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
	mutex_unlock(&root->mover);
	up_read(&moving);
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
		up_read(&moving);
		return;
	}
	nsg_root_settle(root, true);
	nsg_root_put(root);
}

/**
 * nsg_root_move - a move that nobody announced is taken for right
 * @root: the root
 * @path: where the tasks are now
 *
 * Context: process context, may sleep.
 */
void nsg_root_move(struct nsg_root *root, const struct path *path)
{
	nsg_root_announce(root, path);
	nsg_root_settle(root, true);
}

static bool copy_of(const struct path *copy, const struct path *path,
		    u32 mnt_ns)
{
	return copy->dentry == path->dentry &&
	       (copy->mnt == path->mnt ||
		nsg_mnt_ns_inum(copy->mnt) == mnt_ns);
}

/* A detached mount is nobody else's. */
static bool may_have(const struct nsg_origin *origin, const struct path *path,
		     u32 mnt_ns)
{
	u32 inum = nsg_mnt_ns_inum(path->mnt);

	return !inum || inum == mnt_ns || nsg_host_owns(origin, inum);
}

/**
 * nsg_root_inherit - a copy of an fs_struct takes up its work
 * @root: from nsg_root_alloc()
 * @from: the root of the fs_struct that was copied
 * @moves: nsg_root_moves() of @from before that
 * @fs: the copy, kept alive by a task
 * @mnt_ns: inode number of that task's mount namespace: if it is a new one, so
 *	is the mount
 * @origin: the container of both
 *
 * Another task may have moved @from since the copy was made.  After several moves
 * the roots between are not known any more: each was one that the container may
 * have, and that is asked of the copy then.
 *
 * Context: process context, may sleep.
 * Return: false, and @root is as it was, if this is no copy of @from.
 */
bool nsg_root_inherit(struct nsg_root *root, struct nsg_root *from,
		      unsigned int moves, struct fs_struct *fs, u32 mnt_ns,
		      const struct nsg_origin *origin)
{
	struct path have;
	bool copied, several;

	down_read(&moving);
	get_fs_root(fs, &have);
	spin_lock(&from->lock);
	copied = copy_of(&have, &from->path, mnt_ns) ||
		 (from->next && copy_of(&have, from->next, mnt_ns)) ||
		 (from->moves != moves && copy_of(&have, &from->was, mnt_ns));
	several = from->moves - moves > 1;
	spin_unlock(&from->lock);
	if (!copied && several)
		copied = may_have(origin, &have, mnt_ns);
	if (copied) {
		root->pwd_mnt = READ_ONCE(from->pwd_mnt);
		enter(root, fs, &have);
	}
	up_read(&moving);
	path_put(&have);
	return copied;
}

/**
 * nsg_root_intact - compare with the fs_struct, under the locks
 * @root: the root
 * @fs: a live task's, of which nsg_root_has() is true
 * @have: filled with the root found; no references
 *
 * Context: any but interrupts.
 */
bool nsg_root_intact(struct nsg_root *root, struct fs_struct *fs,
		     struct path *have)
{
	bool intact;

	spin_lock(&root->lock);
	spin_lock(&fs->lock);
	*have = fs->root;
	spin_unlock(&fs->lock);
	intact = same(have, &root->path) ||
		 (root->next && same(have, root->next));
	spin_unlock(&root->lock);
	return intact;
}

/**
 * nsg_root_repair - put the expected root back
 * @root: the root
 * @fs: current's, of which nsg_root_has() is true
 * @pwd: the working directory, too, becomes the root
 *
 * What the fs_struct had at the time of the record may have been put by the
 * attacker or merely overwritten, and nothing tells which: a reference of its
 * own is always right or one too many, never one too few.  The root found is
 * left alone for the same reason.
 *
 * Context: any but interrupts.
 */
void nsg_root_repair(struct nsg_root *root, struct fs_struct *fs, bool pwd)
{
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
 * nsg_root_rescue - an fs_struct for a task whose own was exchanged
 * @root: the root of current's record, which keeps its reference until the task
 *	has given the fs_struct back
 *
 * The one that was exchanged may have been freed, or merely be overwritten in
 * the task: it is not touched.
 *
 * Context: any but interrupts.
 * Return: an fs_struct with the expected root, which is the working directory as
 *	well; the caller is one of its users.
 */
struct fs_struct *nsg_root_rescue(struct nsg_root *root)
{
	struct fs_struct *spare = root->spare;

	spin_lock(&root->lock);
	if (!spare->users) {
		spin_lock_init(&spare->lock);
		seqcount_spinlock_init(&spare->seq, &spare->lock);
		spare->umask = 0022;
		spare->root = root->path;
		path_get(&spare->root);
		spare->pwd = root->path;
		path_get(&spare->pwd);
		spare->users = 1;
	}
	spin_lock(&spare->lock);
	spare->users++;
	spin_unlock(&spare->lock);
	spin_unlock(&root->lock);
	return spare;
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
	/* None is added meanwhile: the table need not be held as a whole. */
	for (i = 0; i < HASH_SIZE(table); i++) {
		spin_lock(&table_lock);
		hlist_for_each_entry(root, &table[i], node) {
			spin_lock(&root->lock);
			if (same(&root->path, old)) {
				root->next = next;
				n++;
			}
			spin_unlock(&root->lock);
		}
		spin_unlock(&table_lock);
		cond_resched();
	}
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
	for (i = 0; i < HASH_SIZE(table); i++) {
		spin_lock(&table_lock);
		hlist_for_each_entry(root, &table[i], node) {
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
		cond_resched();
	}
	up_write(&moving);
	while (moved--)
		path_put(&old);
}
