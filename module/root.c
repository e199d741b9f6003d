// SPDX-License-Identifier: GPL-2.0
#include <linux/hashtable.h>
#include <linux/kmemleak.h>
#include <linux/mount.h>

#include "cache.h"
#include "counter.h"
#include "host.h"
#include "mount.h"
#include "root.h"

/*
 * Nothing here waits while a root moves: a container decides how long that takes,
 * since it can be throttled in the midst of it, and pivot_root() holds the kernel's
 * namespace_sem.  So a root knows of the moves that are under way, and what an
 * fs_struct holds is read anew, under its lock, when one has been made.
 */
static DEFINE_HASHTABLE(table, 10);
/* Moves of fs_structs that have no root yet. */
static DEFINE_HASHTABLE(strays, 6);
static DEFINE_SPINLOCK(table_lock); /* both; outside nsg_root.lock */
/* pivot_root()s under way. */
static atomic_t pivots = ATOMIC_INIT(0);
/* How many have ended. */
static atomic_t pivots_made = ATOMIC_INIT(0);
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

static bool same(const struct path *a, const struct path *b)
{
	return a->mnt == b->mnt && a->dentry == b->dentry;
}

static struct path root_of(struct fs_struct *fs)
{
	struct path path;

	spin_lock(&fs->lock);
	path = fs->root;
	spin_unlock(&fs->lock);
	return path;
}

/* With a reference on @path for the root. */
static void enter(struct nsg_root *root, struct fs_struct *fs,
		  const struct path *path)
{
	lockdep_assert_held(&table_lock);
	refcount_set(&root->ref, 1);
	spin_lock_init(&root->lock);
	root->fs = fs;
	root->path = *path;
	path_get(&root->path);
	hash_add(table, &root->node, (unsigned long)fs);
}

/**
 * nsg_root_init - the root takes up its work
 * @root: from nsg_root_alloc()
 * @fs: the fs_struct, kept alive by a task
 * @path: where it is rooted
 *
 * Context: any but interrupts.
 */
void nsg_root_init(struct nsg_root *root, struct fs_struct *fs,
		   const struct path *path)
{
	spin_lock(&table_lock);
	enter(root, fs, path);
	spin_unlock(&table_lock);
}

/* Where it is, or may be by a move that is known. */
static bool is_known(const struct nsg_root *root, const struct path *path)
{
	lockdep_assert_held(&root->lock);
	return same(path, &root->path) ||
	       (root->next && same(path, root->next)) ||
	       (root->pivot && same(path, root->pivot)) ||
	       (root->either && same(path, &root->was));
}

/*
 * An fs_struct is found by its address, and unshare() frees one before its root is
 * known to be another's: so what it holds is asked as well.  Under the lock, where it
 * is not ahead of the root but by a mover who says so: read before, it may be behind by
 * a whole move.
 */
static bool is_root_of(struct nsg_root *root, struct fs_struct *fs)
{
	bool is;

	if (root->fs != fs)
		return false;
	spin_lock(&root->lock);
	spin_lock(&fs->lock);
	is = root->movers || is_known(root, &fs->root);
	spin_unlock(&fs->lock);
	spin_unlock(&root->lock);
	return is;
}

static struct nsg_root *find_get(struct fs_struct *fs)
{
	struct nsg_root *root;

	lockdep_assert_held(&table_lock);
	hash_for_each_possible(table, root, node, (unsigned long)fs)
		if (is_root_of(root, fs) && refcount_inc_not_zero(&root->ref))
			return root;
	return NULL;
}

static void join(struct nsg_root *root, struct nsg_move *move)
{
	spin_lock(&root->lock);
	move->root = root;
	root->next = move->next;
	root->movers++;
	spin_unlock(&root->lock);
}

/* Who moves it already did not find it. */
static void join_strays(struct nsg_root *root)
{
	struct hlist_node *tmp;
	struct nsg_move *move;

	lockdep_assert_held(&table_lock);
	hash_for_each_possible_safe(strays, move, tmp, node,
				    (unsigned long)root->fs)
		if (move->fs == root->fs) {
			hash_del(&move->node);
			join(nsg_root_get(root), move);
		}
}

/**
 * nsg_root_share - the root of an fs_struct, whose tasks may be tracked already
 * @spare: from nsg_root_alloc(); taken, or freed
 * @fs: current's
 *
 * Context: any but interrupts.
 * Return: the root, with a reference.
 */
struct nsg_root *nsg_root_share(struct nsg_root *spare, struct fs_struct *fs)
{
	struct nsg_root *root;
	struct path path;

	spin_lock(&table_lock);
	root = find_get(fs);
	if (!root) {
		get_fs_root(fs, &path);
		enter(spare, fs, &path);
		join_strays(spare);
	}
	spin_unlock(&table_lock);
	if (root) {
		nsg_root_free(spare);
		return root;
	}
	path_put(&path);
	return spare;
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
	/* The sweep may still look: has_stayed() exchanges nothing any more. */
	spin_lock(&root->lock);
	root->either = false;
	spin_unlock(&root->lock);
	path_put(&root->path);
	path_put(&root->stale);
	drop_spare(root->spare);
	call_rcu(&root->rcu, free_rcu);
}

/**
 * nsg_root_moves - how often it may have moved
 * @root: a root that the caller holds
 *
 * What pivot_root() moved is not known while it is no root's, or another move has
 * overtaken it: each counts as two for every root.
 *
 * Context: any.
 * Return: for nsg_root_inherit().
 */
unsigned int nsg_root_moves(const struct nsg_root *root)
{
	return READ_ONCE(root->moves) + 2 * atomic_read(&pivots_made);
}

/**
 * nsg_move_begin - the root is about to move
 * @move: filled; for nsg_move_end()
 * @root: the root, held by the caller until then
 * @fs: its fs_struct, current's
 * @next: the new root, held by the caller until then
 *
 * Context: any but interrupts.
 */
void nsg_move_begin(struct nsg_move *move, struct nsg_root *root,
		    struct fs_struct *fs, const struct path *next)
{
	*move = (struct nsg_move){ .fs = fs, .next = next };
	join(root, move);
}

/**
 * nsg_move_begin_untracked - the same for a task without a record, whose fs_struct
 *	may be shared with one that has, or will have
 * @move: filled; for nsg_move_end_untracked()
 * @fs: current's
 * @next: the new root, held by the caller until then
 *
 * Context: any but interrupts.
 */
void nsg_move_begin_untracked(struct nsg_move *move, struct fs_struct *fs,
			      const struct path *next)
{
	struct nsg_root *root;

	*move = (struct nsg_move){ .fs = fs, .next = next };
	spin_lock(&table_lock);
	root = find_get(fs);
	if (root)
		join(root, move);
	else
		hash_add(strays, &move->node, (unsigned long)fs);
	spin_unlock(&table_lock);
}

/* A detached mount is nobody else's. */
static bool may_have(const struct nsg_origin *origin, const struct path *path,
		     u32 mnt_ns)
{
	bool may;
	u32 inum;

	/* A namespace that ends loses its mounts a grace period before its number. */
	rcu_read_lock();
	inum = nsg_mnt_ns_inum(path->mnt);
	may = !inum || inum == mnt_ns || nsg_host_owns(origin, inum);
	rcu_read_unlock();
	return may;
}

/* The caller puts what was @path. */
static void move_to(struct nsg_root *root, const struct path *path)
{
	lockdep_assert_held(&root->lock);
	root->was = root->path;
	root->path = *path;
	path_get(&root->path);
	root->either = false;
	WRITE_ONCE(root->moves, root->moves + 1);
}

/*
 * So often what has moved meanwhile is read anew.  No honest task moves as often, and
 * who writes to its fs_struct as it likes keeps nobody waiting; the next look finds it.
 */
#define MAX_TRIES 64

/*
 * Where the fs_struct is now was made so by the last who moved it.  If that was this
 * move, the root follows.  If it was another one that is under way, that will.  Else
 * it was pivot_root(), and the place is one that the container may have.  False if
 * it has moved again meanwhile.
 */
static bool settle(struct nsg_move *move, const struct path *have, bool may,
		   bool last_try, struct path *old)
{
	struct nsg_root *root = move->root;
	struct path now = root_of(move->fs);
	bool own = same(&now, move->next);

	lockdep_assert_held(&root->lock);
	if (!own && root->movers == 1 && !same(&now, have)) {
		if (!last_try)
			return false;
		may = false;
	}
	if (!same(&now, &root->path) &&
	    (own || (root->movers == 1 && may))) {
		*old = root->path;
		move_to(root, &now);
	}
	/* Where it was between is not known: see nsg_root_inherit(). */
	if (!own)
		WRITE_ONCE(root->moves, root->moves + 2);
	if (root->next == move->next)
		root->next = NULL;
	root->movers--;
	return true;
}

/**
 * nsg_move_end - the move has been made
 * @move: what nsg_move_begin() has filled
 * @origin: the container; NULL if any place is right
 *
 * Context: process context, may sleep.
 */
void nsg_move_end(struct nsg_move *move, const struct nsg_origin *origin)
{
	struct path have, old = {};
	unsigned int tries = 0;
	bool done, may;

	do {
		get_fs_root(move->fs, &have);
		may = !origin || may_have(origin, &have, 0);
		spin_lock(&move->root->lock);
		done = settle(move, &have, may, ++tries == MAX_TRIES, &old);
		spin_unlock(&move->root->lock);
		path_put(&have);
	} while (!done);
	path_put(&old);
}

/**
 * nsg_move_end_untracked - that move has been made
 * @move: what nsg_move_begin_untracked() has filled
 *
 * Context: process context, may sleep.
 */
void nsg_move_end_untracked(struct nsg_move *move)
{
	spin_lock(&table_lock);
	if (!move->root)
		hash_del(&move->node);
	spin_unlock(&table_lock);
	if (!move->root)
		return;
	nsg_move_end(move, NULL);
	nsg_root_put(move->root);
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
	struct nsg_move move;

	nsg_move_begin(&move, root, root->fs, path);
	nsg_move_end(&move, NULL);
}

/*
 * The mount is detached where unshare() failed after it had copied the mounts: kernels
 * without "unshare: fix unshare_fs() handling" leave the task in the copy.
 */
static bool copy_of(const struct path *copy, const struct path *path,
		    u32 mnt_ns)
{
	u32 inum = nsg_mnt_ns_inum(copy->mnt);

	return copy->dentry == path->dentry &&
	       (copy->mnt == path->mnt || inum == mnt_ns || !inum);
}

/* Is what @fs holds a copy of @from, made since then?  @have has a reference. */
static bool is_copy(struct nsg_root *from, unsigned int moves,
		    const struct path *have, u32 mnt_ns,
		    const struct nsg_origin *origin)
{
	bool copied, several = atomic_read(&pivots);

	smp_rmb(); /* who is not among these has been counted; nsg_pivot_end() */
	spin_lock(&from->lock);
	moves = nsg_root_moves(from) - moves;
	copied = copy_of(have, &from->path, mnt_ns) ||
		 (from->next && copy_of(have, from->next, mnt_ns)) ||
		 (from->pivot && copy_of(have, from->pivot, mnt_ns)) ||
		 ((from->either || moves) && copy_of(have, &from->was, mnt_ns));
	several |= moves > 1 || from->movers;
	spin_unlock(&from->lock);
	return copied || (several && may_have(origin, have, mnt_ns));
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
 * Another task may have moved @from since the copy was made.  After several moves,
 * or during one, not all places between are known: each was one that the container
 * may have, and that is asked of the copy then.
 *
 * Context: process context, may sleep.
 * Return: false, and @root is as it was, if this is no copy of @from.
 */
bool nsg_root_inherit(struct nsg_root *root, struct nsg_root *from,
		      unsigned int moves, struct fs_struct *fs, u32 mnt_ns,
		      const struct nsg_origin *origin)
{
	struct path have, now;
	unsigned int tries = 0;
	bool copied, entered;

	do {
		get_fs_root(fs, &have);
		copied = is_copy(from, moves, &have, mnt_ns, origin);
		spin_lock(&table_lock);
		now = root_of(fs);
		entered = copied && same(&now, &have);
		if (entered) {
			root->pwd_mnt = READ_ONCE(from->pwd_mnt);
			root->given_ns = READ_ONCE(from->given_ns);
			enter(root, fs, &have);
		}
		spin_unlock(&table_lock);
		path_put(&have);
		/* Else pivot_root() has come between. */
	} while (copied && !entered && ++tries < MAX_TRIES);
	return entered;
}

/*
 * pivot_root() moved all that were at one place, but who came there a moment too
 * late has stayed.  The reference on where it went can't be put here.
 */
static bool has_stayed(struct nsg_root *root, const struct path *have)
{
	if (!root->either || !same(have, &root->was))
		return false;
	if (root->stale.dentry)
		return true;
	root->stale = root->path;
	root->path = *have;
	path_get(&root->path);
	root->either = false;
	return true;
}

/**
 * nsg_root_look - compare with the fs_struct, under the locks
 * @root: the root
 * @fs: a live task's, of which nsg_root_has() is true
 * @have: filled with the root found; no references
 *
 * Context: any but interrupts.
 * Return: NSG_ROOT_MOVING if it is elsewhere while moves are under way: then it is
 *	right if the container may be there.
 */
enum nsg_root_look nsg_root_look(struct nsg_root *root, struct fs_struct *fs,
				 struct path *have)
{
	enum nsg_root_look look = NSG_ROOT_ELSEWHERE;

	spin_lock(&root->lock);
	spin_lock(&fs->lock);
	*have = fs->root;
	if (same(have, &root->path)) {
		/* Not while that may still move it. */
		if (!atomic_read(&pivots))
			root->either = false;
		look = NSG_ROOT_THERE;
	} else if (has_stayed(root, have) || is_known(root, have)) {
		look = NSG_ROOT_THERE;
	} else if (root->movers || atomic_read(&pivots)) {
		look = NSG_ROOT_MOVING;
	}
	spin_unlock(&fs->lock);
	spin_unlock(&root->lock);
	return look;
}

/**
 * nsg_root_give - the working directory is taken for right, wherever it is
 * @root: the root
 * @mnt: its mount
 *
 * `nsenter --wd` leaves a program in a directory of the host's.  From there it can name
 * all of the host's, so it may go there as well, and come back to where it was, as find,
 * rm and tar do.
 *
 * Context: any but NMI.
 */
void nsg_root_give(struct nsg_root *root, const struct vfsmount *mnt)
{
	WRITE_ONCE(root->given_ns, nsg_mnt_ns_inum(mnt));
	WRITE_ONCE(root->pwd_mnt, mnt);
}

/**
 * nsg_root_repair - put back what of an fs_struct is not as expected
 * @root: the root
 * @fs: current's, of which nsg_root_has() is true
 * @pwd: the working directory is wrong, and becomes the root
 *
 * What the fs_struct had at the time of the record may have been put by the
 * attacker or merely overwritten, and nothing tells which: a reference of its
 * own is always right or one too many, never one too few.  The root found is
 * left alone for the same reason.
 *
 * An fs_struct with another root may be another's: who has had it freed may have waited
 * until a process of the host's had got it.  But the spare is nobody else's.
 *
 * Context: any but interrupts.
 * Return: false if @fs is not to be touched, and the task needs another.
 */
bool nsg_root_repair(struct nsg_root *root, struct fs_struct *fs, bool pwd)
{
	bool known;

	spin_lock(&root->lock);
	spin_lock(&fs->lock);
	known = is_known(root, &fs->root);
	write_seqcount_begin(&fs->seq);
	if (!known && fs == root->spare) {
		path_get(&root->path);
		fs->root = root->path;
		known = true;
	}
	if (known && pwd) {
		path_get(&root->path);
		fs->pwd = root->path;
	}
	write_seqcount_end(&fs->seq);
	spin_unlock(&fs->lock);
	spin_unlock(&root->lock);
	return known;
}

/**
 * nsg_root_rescue - an fs_struct for a task whose own is not to be used
 * @root: the root of current's record, which keeps its reference until the task
 *	has given the fs_struct back
 *
 * The one that it had may have been freed, or merely be overwritten in the task: it is
 * not touched.
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
 * nsg_pivot_begin - pivot_root() is about to move every task rooted here
 * @old: the root they have
 * @next: the root they get, held by the caller until nsg_pivot_end()
 *
 * Context: process context, may sleep.
 * Return: how many it concerns.
 */
unsigned int nsg_pivot_begin(const struct path *old, const struct path *next)
{
	struct nsg_root *root;
	unsigned int n = 0;
	int i;

	/* Before the first moves: who finds it moved, finds this (nsg_root_look()). */
	atomic_inc_return(&pivots);
	for (i = 0; i < HASH_SIZE(table); i++) {
		spin_lock(&table_lock);
		hlist_for_each_entry(root, &table[i], node) {
			spin_lock(&root->lock);
			if (same(&root->path, old)) {
				root->pivot = next;
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
 * nsg_pivot_end - the move has been made
 * @old: what nsg_pivot_begin() was told
 * @next: the same
 *
 * A root that has come to @old since it was announced was moved, or came too late:
 * a look at its fs_struct will tell.  A copy that is not in the table yet will be
 * read after this (enter()).
 *
 * Context: process context, may sleep.
 */
void nsg_pivot_end(const struct path *old, const struct path *next)
{
	struct nsg_root *root;
	unsigned long moved = 0;
	int i;

	for (i = 0; i < HASH_SIZE(table); i++) {
		spin_lock(&table_lock);
		hlist_for_each_entry(root, &table[i], node) {
			spin_lock(&root->lock);
			if (same(&root->path, old)) {
				move_to(root, next);
				root->either = true;
				moved++;
			}
			if (root->pivot == next)
				root->pivot = NULL;
			spin_unlock(&root->lock);
		}
		spin_unlock(&table_lock);
		cond_resched();
	}
	atomic_inc(&pivots_made);
	/* All have followed, and it is counted, before nobody is forgiven. */
	smp_mb__before_atomic();
	atomic_dec(&pivots);
	/* All had the same root, which the caller holds as well. */
	while (moved--)
		path_put(old);
}
