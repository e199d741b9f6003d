// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of root.c: moves in every order, of fs_structs that no task has.  Where
 * they go are directories of the guest's that nobody uses.
 */
#include <kunit/test.h>
#include <linux/dcache.h>
#include <linux/kthread.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>

#include "lineage.h"
#include "mount.h"
#include "origin.h"
#include "root.h"
#include "work.h"

static const char *const names[] = { "/mnt", "/var/lib", "/home/user", "/proc" };

enum { HERE, THERE, AWAY, OTHER_MOUNT, PLACES };

/**
 * struct roots - what a case has
 * @at: the places
 * @taken: references on their dentries before the case
 * @fs: an fs_struct without references, at HERE
 * @root: its root
 * @moves: of it before the case, where others' pivot_root()s count
 * @copy: another fs_struct
 * @native: a container to whom all of the places belong
 * @stranger: one to whom none does
 */
struct roots {
	struct path at[PLACES];
	int taken[PLACES];
	struct fs_struct *fs;
	struct nsg_root *root;
	unsigned int moves;
	struct fs_struct *copy;
	struct nsg_origin *native;
	struct nsg_origin *stranger;
};

static struct fs_struct *fs_at(struct kunit *test, const struct path *path)
{
	struct fs_struct *fs = kunit_kzalloc(test, sizeof(*fs), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, fs);
	fs->users = 1;
	spin_lock_init(&fs->lock);
	seqcount_spinlock_init(&fs->seq, &fs->lock);
	fs->root = *path;
	fs->pwd = *path;
	return fs;
}

static int roots_init(struct kunit *test)
{
	struct roots *r = kunit_kzalloc(test, sizeof(*r), GFP_KERNEL);
	int i, err;

	if (!r)
		return -ENOMEM;
	for (i = 0; i < PLACES; i++) {
		err = kern_path(names[i], 0, &r->at[i]);
		if (err)
			return err;
		r->taken[i] = d_count(r->at[i].dentry);
	}
	test->priv = r;
	r->fs = fs_at(test, &r->at[HERE]);
	r->copy = fs_at(test, &r->at[HERE]);
	r->native = nsg_origin_alloc();
	r->stranger = nsg_origin_alloc();
	r->root = nsg_root_alloc(GFP_KERNEL);
	if (!r->native || !r->stranger || !r->root)
		return -ENOMEM;
	nsg_root_init(r->root, r->fs, &r->at[HERE]);
	r->moves = nsg_root_moves(r->root);
	return nsg_lineage_add(r->native, nsg_mnt_ns_inum(r->at[HERE].mnt));
}

/* As many references as before: none was lost, and none put that was not taken. */
static void roots_exit(struct kunit *test)
{
	struct roots *r = test->priv;
	int i;

	if (!r)
		return;
	nsg_root_put(r->root);
	for (i = 0; i < PLACES; i++) {
		KUNIT_EXPECT_EQ_MSG(test, d_count(r->at[i].dentry), r->taken[i], "%s",
				    names[i]);
		path_put(&r->at[i]);
	}
	nsg_origin_put(r->native);
	nsg_origin_put(r->stranger);
	flush_workqueue(nsg_wq);
}

static enum nsg_root_look look(struct roots *r, int place)
{
	struct path have;

	r->fs->root = r->at[place];
	return nsg_root_look(r->root, r->fs, &have);
}

static bool is_at(struct roots *r, int place)
{
	return path_equal(&r->root->path, &r->at[place]);
}

static void root_same(struct kunit *test)
{
	struct roots *r = test->priv;

	r->root->pwd_mnt = r->at[HERE].mnt;
	KUNIT_EXPECT_TRUE(test, nsg_root_same(r->root, r->fs));
	KUNIT_EXPECT_FALSE(test, nsg_root_same(r->root, r->copy));
	r->fs->root.dentry = r->at[THERE].dentry;
	KUNIT_EXPECT_FALSE(test, nsg_root_same(r->root, r->fs));
	r->fs->root = r->at[HERE];
	r->fs->root.mnt = r->at[OTHER_MOUNT].mnt;
	KUNIT_EXPECT_FALSE(test, nsg_root_same(r->root, r->fs));
	r->fs->root = r->at[HERE];
	r->fs->pwd = r->at[OTHER_MOUNT];
	KUNIT_EXPECT_FALSE(test, nsg_root_same(r->root, r->fs));
	/* There may be none. */
	nsg_root_put(NULL);
}

static void root_move(struct kunit *test)
{
	struct roots *r = test->priv;
	struct nsg_move move;

	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_ELSEWHERE);
	nsg_move_begin(&move, r->root, r->fs, &r->at[THERE]);
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, AWAY), (int)NSG_ROOT_MOVING);
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_THERE);
	/* It has been judged: nobody asks again whose it is. */
	nsg_move_end(&move, r->stranger);
	KUNIT_EXPECT_TRUE(test, is_at(r, THERE));
	KUNIT_EXPECT_EQ(test, r->root->moves, 1U);
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_ELSEWHERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_THERE);
	nsg_root_move(r->root, &r->at[THERE]);
	KUNIT_EXPECT_TRUE(test, is_at(r, THERE));
	KUNIT_EXPECT_EQ(test, r->root->moves, 1U);
}

static void root_move_fails(struct kunit *test)
{
	struct roots *r = test->priv;
	struct nsg_move move;

	nsg_move_begin(&move, r->root, r->fs, &r->at[THERE]);
	nsg_move_end(&move, r->native);
	KUNIT_EXPECT_TRUE(test, is_at(r, HERE));
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_ELSEWHERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_THERE);
	/* It may have been somewhere meanwhile. */
	KUNIT_EXPECT_EQ(test, r->root->moves, 2U);
}

/* The last who moves it is followed, whoever ends first. */
static void root_moves_at_once(struct kunit *test)
{
	struct roots *r = test->priv;
	struct nsg_move first, last;

	nsg_move_begin(&first, r->root, r->fs, &r->at[THERE]);
	nsg_move_begin(&last, r->root, r->fs, &r->at[AWAY]);
	r->fs->root = r->at[AWAY];
	nsg_move_end(&first, r->native);
	KUNIT_EXPECT_TRUE(test, is_at(r, HERE));
	KUNIT_EXPECT_EQ(test, (int)look(r, AWAY), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_MOVING);
	r->fs->root = r->at[AWAY];
	nsg_move_end(&last, r->stranger);
	KUNIT_EXPECT_TRUE(test, is_at(r, AWAY));

	nsg_move_begin(&first, r->root, r->fs, &r->at[THERE]);
	nsg_move_begin(&last, r->root, r->fs, &r->at[HERE]);
	r->fs->root = r->at[THERE];
	nsg_move_end(&last, r->native);
	KUNIT_EXPECT_TRUE(test, is_at(r, AWAY));
	nsg_move_end(&first, r->stranger);
	KUNIT_EXPECT_TRUE(test, is_at(r, THERE));
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_ELSEWHERE);
}

/* pivot_root() takes it on before the move ends. */
static void root_moved_on(struct kunit *test)
{
	struct roots *r = test->priv;
	struct nsg_move move;

	nsg_move_begin(&move, r->root, r->fs, &r->at[THERE]);
	r->fs->root = r->at[AWAY];
	nsg_move_end(&move, r->stranger);
	KUNIT_EXPECT_TRUE(test, is_at(r, HERE));
	KUNIT_EXPECT_EQ(test, (int)look(r, AWAY), (int)NSG_ROOT_ELSEWHERE);

	nsg_move_begin(&move, r->root, r->fs, &r->at[THERE]);
	nsg_move_end(&move, r->native);
	KUNIT_EXPECT_TRUE(test, is_at(r, AWAY));

	nsg_move_begin(&move, r->root, r->fs, &r->at[THERE]);
	r->fs->root = r->at[HERE];
	nsg_move_end(&move, NULL);
	KUNIT_EXPECT_TRUE(test, is_at(r, HERE));
}

static void root_move_untracked(struct kunit *test)
{
	struct roots *r = test->priv;
	struct nsg_root *other = nsg_root_alloc(GFP_KERNEL), *shared;
	struct nsg_move move;

	KUNIT_ASSERT_NOT_NULL(test, other);
	/* Of one that has a root, */
	nsg_move_begin_untracked(&move, r->fs, &r->at[THERE]);
	KUNIT_EXPECT_EQ(test, r->root->movers, 1U);
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_THERE);
	nsg_move_end_untracked(&move);
	KUNIT_EXPECT_TRUE(test, is_at(r, THERE));
	KUNIT_EXPECT_EQ(test, r->root->movers, 0U);
	KUNIT_EXPECT_EQ(test, refcount_read(&r->root->ref), 1);
	/* of one that never has, */
	nsg_move_begin_untracked(&move, r->copy, &r->at[THERE]);
	nsg_move_end_untracked(&move);
	/* and of one that gets it meanwhile. */
	nsg_move_begin_untracked(&move, r->copy, &r->at[THERE]);
	shared = nsg_root_share(other, r->copy);
	KUNIT_EXPECT_PTR_EQ(test, shared, other);
	KUNIT_EXPECT_TRUE(test, path_equal(&shared->path, &r->at[HERE]));
	KUNIT_EXPECT_EQ(test, shared->movers, 1U);
	r->copy->root = r->at[THERE];
	nsg_move_end_untracked(&move);
	KUNIT_EXPECT_TRUE(test, path_equal(&shared->path, &r->at[THERE]));
	KUNIT_EXPECT_EQ(test, shared->movers, 0U);
	KUNIT_EXPECT_EQ(test, refcount_read(&shared->ref), 1);
	nsg_root_put(shared);
}

/* Whether the root of the same fs_struct is found, or another one made. */
static bool shares(struct kunit *test, int place)
{
	struct roots *r = test->priv;
	struct nsg_root *spare = nsg_root_alloc(GFP_KERNEL), *got;
	bool same;

	KUNIT_ASSERT_NOT_NULL(test, spare);
	r->fs->root = r->at[place];
	got = nsg_root_share(spare, r->fs);
	same = got == r->root;
	KUNIT_EXPECT_EQ(test, refcount_read(&got->ref), same ? 2 : 1);
	if (!same)
		KUNIT_EXPECT_TRUE(test, path_equal(&got->path, &r->at[place]));
	nsg_root_put(got);
	return same;
}

static void root_share(struct kunit *test)
{
	struct roots *r = test->priv;
	struct nsg_move move;

	KUNIT_EXPECT_TRUE(test, shares(test, HERE));
	/* The address was another's before. */
	KUNIT_EXPECT_FALSE(test, shares(test, THERE));
	nsg_move_begin(&move, r->root, r->fs, &r->at[THERE]);
	KUNIT_EXPECT_TRUE(test, shares(test, THERE));
	KUNIT_EXPECT_TRUE(test, shares(test, AWAY));
	nsg_move_end(&move, r->stranger);
	nsg_pivot_begin(&r->at[HERE], &r->at[THERE]);
	KUNIT_EXPECT_TRUE(test, shares(test, THERE));
	KUNIT_EXPECT_FALSE(test, shares(test, AWAY));
	nsg_pivot_end(&r->at[HERE], &r->at[THERE]);
	KUNIT_EXPECT_TRUE(test, shares(test, HERE));
	KUNIT_EXPECT_TRUE(test, shares(test, THERE));
	KUNIT_EXPECT_FALSE(test, shares(test, AWAY));
}

#define SHARES 20000

/* To and fro, as fast as it can. */
static int move_on(void *arg)
{
	struct roots *r = arg;
	struct nsg_move move;
	int to = THERE;

	while (!kthread_should_stop()) {
		nsg_move_begin(&move, r->root, r->fs, &r->at[to]);
		spin_lock(&r->fs->lock);
		write_seqcount_begin(&r->fs->seq);
		r->fs->root = r->at[to];
		write_seqcount_end(&r->fs->seq);
		spin_unlock(&r->fs->lock);
		nsg_move_end(&move, r->native);
		to = to == THERE ? HERE : THERE;
		cond_resched();
	}
	return 0;
}

/* It is the same root at each moment of a move, and between two. */
static void root_share_moving(struct kunit *test)
{
	struct roots *r = test->priv;
	struct task_struct *mover = kthread_run(move_on, r, "nsguard_mover");
	struct nsg_root *spare, *got;
	unsigned int i, other = 0;

	KUNIT_ASSERT_FALSE(test, IS_ERR(mover));
	for (i = 0; i < SHARES && !other; i++) {
		spare = nsg_root_alloc(GFP_KERNEL);
		if (!spare)
			break;
		got = nsg_root_share(spare, r->fs);
		other += got != r->root;
		nsg_root_put(got);
		cond_resched();
	}
	kthread_stop(mover);
	KUNIT_EXPECT_EQ(test, other, 0U);
	KUNIT_EXPECT_EQ(test, i, SHARES);
}

/* Whether an fs_struct there, made after so many moves, is taken for a copy. */
static bool inherits(struct kunit *test, const struct path *path, unsigned int moves,
		     u32 mnt_ns, const struct nsg_origin *origin)
{
	struct roots *r = test->priv;
	struct nsg_root *root = nsg_root_alloc(GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, root);
	r->root->pwd_mnt = r->at[OTHER_MOUNT].mnt;
	r->root->given_ns = 1;
	r->copy->root = *path;
	if (!nsg_root_inherit(root, r->root, r->moves + moves, r->copy, mnt_ns, origin)) {
		nsg_root_free(root);
		return false;
	}
	KUNIT_EXPECT_TRUE(test, path_equal(&root->path, path));
	KUNIT_EXPECT_PTR_EQ(test, root->fs, r->copy);
	KUNIT_EXPECT_PTR_EQ(test, root->pwd_mnt, r->root->pwd_mnt);
	KUNIT_EXPECT_EQ(test, root->given_ns, 1U);
	nsg_root_put(root);
	return true;
}

static void root_inherit(struct kunit *test)
{
	struct roots *r = test->priv;
	u32 mnt_ns = nsg_mnt_ns_inum(r->at[HERE].mnt);
	struct path path = r->at[HERE];
	struct nsg_move move;

	KUNIT_EXPECT_TRUE(test, inherits(test, &path, 0, 1, r->stranger));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[THERE], 0, mnt_ns, r->native));
	/* In a new namespace the mount is another one. */
	path.mnt = r->at[OTHER_MOUNT].mnt;
	KUNIT_EXPECT_TRUE(test, inherits(test, &path, 0, mnt_ns, r->stranger));
	KUNIT_EXPECT_FALSE(test, inherits(test, &path, 0, 1, r->native));
	path.mnt = clone_private_mount(&r->at[HERE]);
	KUNIT_ASSERT_FALSE(test, IS_ERR(path.mnt));
	KUNIT_EXPECT_TRUE(test, inherits(test, &path, 0, 1, r->stranger));
	mntput(path.mnt);
	/* The mount goes when the loader is back in user mode. */
	r->taken[HERE]++;

	/* It moves, or has moved once since. */
	nsg_move_begin(&move, r->root, r->fs, &r->at[THERE]);
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[HERE], 0, 1, r->stranger));
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[THERE], 0, 1, r->stranger));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[AWAY], 0, 1, r->stranger));
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[AWAY], 0, 1, r->native));
	r->fs->root = r->at[THERE];
	nsg_move_end(&move, NULL);
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[HERE], 0, 1, r->stranger));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[HERE], 1, 1, r->native));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[AWAY], 0, 1, r->native));

	/* Several times: anywhere where it may be. */
	r->fs->root = r->at[AWAY];
	nsg_root_move(r->root, &r->at[AWAY]);
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[HERE], 0, 1, r->native));
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[HERE], 0, mnt_ns, r->stranger));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[HERE], 0, 1, r->stranger));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[HERE], 1, 1, r->native));
}

static void root_inherit_pivot(struct kunit *test)
{
	struct roots *r = test->priv;

	KUNIT_EXPECT_EQ(test, nsg_pivot_begin(&r->at[HERE], &r->at[THERE]), 1U);
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[HERE], 0, 1, r->stranger));
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[THERE], 0, 1, r->stranger));
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[AWAY], 0, 1, r->native));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[AWAY], 0, 1, r->stranger));
	r->copy->root = r->at[AWAY];
	nsg_pivot_end(&r->at[HERE], &r->at[THERE]);
	/* One that has ended may have moved the copy, or what it is one of. */
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[AWAY], 0, 1, r->native));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[AWAY], 0, 1, r->stranger));
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[HERE], 3, 1, r->stranger));
	KUNIT_EXPECT_TRUE(test, inherits(test, &r->at[THERE], 3, 1, r->stranger));
	KUNIT_EXPECT_FALSE(test, inherits(test, &r->at[AWAY], 3, 1, r->native));
}

static void root_pivot(struct kunit *test)
{
	struct roots *r = test->priv;

	KUNIT_EXPECT_EQ(test, nsg_pivot_begin(&r->at[AWAY], &r->at[THERE]), 0U);
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_MOVING);
	nsg_pivot_end(&r->at[AWAY], &r->at[THERE]);
	KUNIT_EXPECT_TRUE(test, is_at(r, HERE));
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_ELSEWHERE);

	KUNIT_EXPECT_EQ(test, nsg_pivot_begin(&r->at[HERE], &r->at[THERE]), 1U);
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, AWAY), (int)NSG_ROOT_MOVING);
	nsg_pivot_end(&r->at[HERE], &r->at[THERE]);
	KUNIT_EXPECT_TRUE(test, is_at(r, THERE));
	KUNIT_EXPECT_EQ(test, r->root->moves, 1U);
	KUNIT_EXPECT_EQ(test, (int)look(r, AWAY), (int)NSG_ROOT_ELSEWHERE);
	/* While another is under way it may still be moved. */
	nsg_pivot_begin(&r->at[AWAY], &r->at[HERE]);
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_THERE);
	nsg_pivot_end(&r->at[AWAY], &r->at[HERE]);
	KUNIT_EXPECT_TRUE(test, r->root->either);
	/* Once it was seen where it should be, it is there. */
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_ELSEWHERE);
}

/* Who came a moment too late is where he was. */
static void root_pivot_missed(struct kunit *test)
{
	struct roots *r = test->priv;

	nsg_pivot_begin(&r->at[HERE], &r->at[THERE]);
	nsg_pivot_end(&r->at[HERE], &r->at[THERE]);
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_TRUE(test, is_at(r, HERE));
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_ELSEWHERE);
	/* Twice: there is room for one reference that waits. */
	nsg_pivot_begin(&r->at[HERE], &r->at[THERE]);
	nsg_pivot_end(&r->at[HERE], &r->at[THERE]);
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_TRUE(test, is_at(r, THERE));
	KUNIT_EXPECT_EQ(test, (int)look(r, THERE), (int)NSG_ROOT_THERE);
	KUNIT_EXPECT_EQ(test, (int)look(r, HERE), (int)NSG_ROOT_ELSEWHERE);
}

static void root_repair(struct kunit *test)
{
	struct roots *r = test->priv;
	struct nsg_move move;

	r->fs->pwd = r->at[AWAY];
	KUNIT_EXPECT_TRUE(test, nsg_root_repair(r->root, r->fs, false));
	KUNIT_EXPECT_TRUE(test, path_equal(&r->fs->pwd, &r->at[AWAY]));
	KUNIT_EXPECT_TRUE(test, nsg_root_repair(r->root, r->fs, true));
	KUNIT_EXPECT_TRUE(test, path_equal(&r->fs->root, &r->at[HERE]));
	KUNIT_EXPECT_TRUE(test, path_equal(&r->fs->pwd, &r->at[HERE]));
	KUNIT_EXPECT_EQ(test, d_count(r->at[HERE].dentry), r->taken[HERE] + 2);
	path_put(&r->fs->pwd);
	/* Where it goes by a move that is known it stays. */
	nsg_move_begin(&move, r->root, r->fs, &r->at[THERE]);
	r->fs->root = r->at[THERE];
	KUNIT_EXPECT_TRUE(test, nsg_root_repair(r->root, r->fs, false));
	KUNIT_EXPECT_TRUE(test, path_equal(&r->fs->root, &r->at[THERE]));
	nsg_move_end(&move, NULL);
}

/* Another's by now, for all that is known. */
static void root_repair_not(struct kunit *test)
{
	struct roots *r = test->priv;

	r->fs->root = r->at[AWAY];
	r->fs->pwd = r->at[AWAY];
	KUNIT_EXPECT_FALSE(test, nsg_root_repair(r->root, r->fs, true));
	KUNIT_EXPECT_TRUE(test, path_equal(&r->fs->root, &r->at[AWAY]));
	KUNIT_EXPECT_TRUE(test, path_equal(&r->fs->pwd, &r->at[AWAY]));
	KUNIT_EXPECT_EQ(test, d_count(r->at[HERE].dentry), r->taken[HERE] + 1);
}

/* The spare is nobody else's. */
static void root_repair_spare(struct kunit *test)
{
	struct roots *r = test->priv;
	struct fs_struct *fs = nsg_root_rescue(r->root);

	path_put(&fs->root);
	fs->root = r->at[AWAY];
	KUNIT_EXPECT_TRUE(test, nsg_root_repair(r->root, fs, false));
	KUNIT_EXPECT_TRUE(test, path_equal(&fs->root, &r->at[HERE]));
	KUNIT_EXPECT_EQ(test, d_count(r->at[HERE].dentry), r->taken[HERE] + 3);
	fs->users = 1;
}

static void root_rescue(struct kunit *test)
{
	struct roots *r = test->priv;
	struct fs_struct *fs = nsg_root_rescue(r->root);

	KUNIT_EXPECT_EQ(test, fs->users, 2);
	KUNIT_EXPECT_EQ(test, fs->umask, 0022);
	KUNIT_EXPECT_TRUE(test, path_equal(&fs->root, &r->at[HERE]));
	KUNIT_EXPECT_TRUE(test, path_equal(&fs->pwd, &r->at[HERE]));
	KUNIT_EXPECT_EQ(test, d_count(r->at[HERE].dentry), r->taken[HERE] + 3);
	/* The next who has lost his has it too, where the first is now. */
	fs->pwd = r->at[HERE];
	KUNIT_EXPECT_PTR_EQ(test, nsg_root_rescue(r->root), fs);
	KUNIT_EXPECT_EQ(test, fs->users, 3);
	KUNIT_EXPECT_EQ(test, d_count(r->at[HERE].dentry), r->taken[HERE] + 3);
	KUNIT_EXPECT_TRUE(test, nsg_root_has(r->root, fs));
	KUNIT_EXPECT_TRUE(test, nsg_root_has(r->root, r->fs));
	KUNIT_EXPECT_FALSE(test, nsg_root_has(r->root, r->copy));
	fs->users = 1;
}

static struct kunit_case root_cases[] = {
	KUNIT_CASE(root_same),
	KUNIT_CASE(root_move),
	KUNIT_CASE(root_move_fails),
	KUNIT_CASE(root_moves_at_once),
	KUNIT_CASE(root_moved_on),
	KUNIT_CASE(root_move_untracked),
	KUNIT_CASE(root_share),
	KUNIT_CASE(root_share_moving),
	KUNIT_CASE(root_inherit),
	KUNIT_CASE(root_inherit_pivot),
	KUNIT_CASE(root_pivot),
	KUNIT_CASE(root_pivot_missed),
	KUNIT_CASE(root_repair),
	KUNIT_CASE(root_repair_not),
	KUNIT_CASE(root_repair_spare),
	KUNIT_CASE(root_rescue),
	{}
};

static struct kunit_suite root_suite = {
	.name = "nsguard_root",
	.init = roots_init,
	.exit = roots_exit,
	.test_cases = root_cases,
};

kunit_test_suite(root_suite);
