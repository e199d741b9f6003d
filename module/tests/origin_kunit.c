// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of origin.c: the start rule, and the life of a container.
 */
#include <kunit/test.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/rculist.h>

#include "field.h"
#include "lineage.h"
#include "origin.h"
#include "subject.h"
#include "work.h"

struct start_param {
	const char *desc;
	struct nsg_start start;		/* C1, C2, C3 */
	enum nsg_start_class class;
};

static const struct start_param start_params[] = {
	{ "a host task", { false, false, false }, NSG_START_NONE },
	{ "unshare -Up", { false, false, true }, NSG_START_NONE },
	{ "chroot", { false, true, false }, NSG_START_NONE },
	{ "chroot within unshare -Up", { false, true, true }, NSG_START_NONE },
	{ "PrivateMounts=", { true, false, false }, NSG_START_NONE },
	{ "unshare -mUp", { true, false, true }, NSG_START_NONE },
	{ "RootDirectory=", { true, true, false }, NSG_START_AMBIGUOUS },
	{ "a container", { true, true, true }, NSG_START_CERTAIN },
};

KUNIT_ARRAY_PARAM_DESC(start, start_params, desc);

static void origin_start_rule(struct kunit *test)
{
	const struct start_param *param = test->param_value;

	KUNIT_EXPECT_EQ(test, nsg_start_classify(&param->start), param->class);
}

static bool listed(const struct nsg_origin *origin)
{
	const struct nsg_origin *o;
	bool found = false;

	rcu_read_lock();
	list_for_each_entry_rcu(o, &nsg_origins, list)
		found |= o == origin;
	rcu_read_unlock();
	return found;
}

static void origin_alloc(struct kunit *test)
{
	unsigned int before = nsg_origin_count();
	struct nsg_origin *origin = nsg_origin_alloc();

	KUNIT_ASSERT_NOT_NULL(test, origin);
	KUNIT_EXPECT_EQ(test, refcount_read(&origin->ref), 1U);
	KUNIT_EXPECT_TRUE(test, list_empty(&origin->list));
	KUNIT_EXPECT_TRUE(test, list_empty(&origin->lineage));
	KUNIT_EXPECT_EQ(test, origin->namespaces, 0U);
	KUNIT_EXPECT_EQ(test, atomic_read(&origin->tasks), 0);
	KUNIT_EXPECT_FALSE(test, listed(origin));
	KUNIT_EXPECT_EQ(test, nsg_origin_count(), before);

	/* The exec failed: it must go without ever having been counted. */
	nsg_origin_put(origin);
	KUNIT_EXPECT_EQ(test, nsg_origin_count(), before);
}

static void origin_references(struct kunit *test)
{
	struct nsg_origin *origin = nsg_origin_alloc();

	KUNIT_ASSERT_NOT_NULL(test, origin);
	KUNIT_EXPECT_PTR_EQ(test, nsg_origin_get(origin), origin);
	KUNIT_EXPECT_EQ(test, refcount_read(&origin->ref), 2U);
	KUNIT_EXPECT_PTR_EQ(test, nsg_origin_tryget(origin), origin);
	KUNIT_EXPECT_EQ(test, refcount_read(&origin->ref), 3U);
	nsg_origin_put(origin);
	nsg_origin_put(origin);
	KUNIT_EXPECT_EQ(test, refcount_read(&origin->ref), 1U);

	/* As somebody finds it under RCU after the last reference went. */
	refcount_set(&origin->ref, 0);
	KUNIT_EXPECT_NULL(test, nsg_origin_tryget(origin));
	KUNIT_EXPECT_EQ(test, refcount_read(&origin->ref), 0U);
	refcount_set(&origin->ref, 1);
	nsg_origin_put(origin);
	nsg_origin_put(NULL);
}

/* The test's own task starts one: a kernel thread has the host's namespaces. */
static void origin_start(struct kunit *test)
{
	u32 pid_ns = task_active_pid_ns(current)->ns.inum;
	struct nsg_origin *first = nsg_origin_alloc();
	struct nsg_origin *second = nsg_origin_alloc();
	unsigned int before = nsg_origin_count();
	u32 inum[NSG_F_NS_COUNT];
	int i;

	KUNIT_ASSERT_NOT_NULL(test, first);
	KUNIT_ASSERT_NOT_NULL(test, second);
	nsg_ns_inums(current->nsproxy, inum);
	nsg_origin_start(first, true, false);
	nsg_origin_start(second, false, false);

	KUNIT_EXPECT_TRUE(test, first->certain);
	KUNIT_EXPECT_FALSE(test, second->certain);
	KUNIT_EXPECT_GT(test, first->id, 0ULL);
	KUNIT_EXPECT_EQ(test, second->id, first->id + 1);
	KUNIT_EXPECT_GT(test, first->started, 0ULL);
	KUNIT_EXPECT_EQ(test, first->mnt_ns,
			inum[NSG_F_MNT_NS - NSG_F_NS_FIRST]);
	KUNIT_EXPECT_EQ(test, first->pid_ns, pid_ns);
	KUNIT_EXPECT_NE(test, first->name[0], '\0');
	KUNIT_EXPECT_TRUE(test, listed(first));
	KUNIT_EXPECT_TRUE(test, listed(second));
	KUNIT_EXPECT_EQ(test, nsg_origin_count(), before + 2);
	for (i = 0; i < NSG_F_NS_COUNT; i++) {
		KUNIT_EXPECT_TRUE(test, nsg_lineage_has(first, inum[i]));
		KUNIT_EXPECT_TRUE(test, nsg_lineage_has(second, inum[i]));
	}
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(first, pid_ns));
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(first, first->user_ns));

	nsg_origin_put(first);
	flush_workqueue(nsg_wq);
	KUNIT_EXPECT_EQ(test, nsg_origin_count(), before + 1);
	KUNIT_EXPECT_FALSE(test, listed(first));
	KUNIT_EXPECT_FALSE(test, nsg_lineage_has(first, inum[0]));
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(second, inum[0]));
	nsg_origin_put(second);
	KUNIT_EXPECT_EQ(test, nsg_origin_count(), before);
	KUNIT_EXPECT_FALSE(test, listed(second));
}

/* What the record of a nested container's first task could say. */
static void nested_subject(struct nsg_subject *s, u32 inum)
{
	int i;

	memset(s, 0, sizeof(*s));
	for (i = NSG_F_NS_FIRST; i <= NSG_F_PID_NS; i++)
		s->v[i] = inum + i;
	s->v[NSG_F_USER_NS] = inum;
	s->v[NSG_F_ROOT_DEV] = 7;
	s->v[NSG_F_ROOT_INO] = 8;
}

static void origin_nest(struct kunit *test)
{
	struct nsg_origin *outer = nsg_origin_alloc();
	struct nsg_origin *inner = nsg_origin_alloc();
	unsigned int before = nsg_origin_count();
	struct nsg_subject first;
	u32 mnt, net, stray;

	KUNIT_ASSERT_NOT_NULL(test, outer);
	KUNIT_ASSERT_NOT_NULL(test, inner);
	nested_subject(&first, 1000);
	mnt = first.v[NSG_F_MNT_NS];
	net = first.v[NSG_F_NET_NS];
	stray = first.v[NSG_F_IPC_NS];
	nsg_origin_start(outer, true, false);
	nsg_lineage_add(outer, mnt);
	nsg_lineage_add(outer, net);
	nsg_lineage_add(outer, first.v[NSG_F_USER_NS]);
	KUNIT_EXPECT_PTR_EQ(test, nsg_lineage_owner_get(mnt), outer);
	nsg_origin_put(outer);

	nsg_origin_nest(inner, outer, &first);
	KUNIT_EXPECT_PTR_EQ(test, inner->parent, outer);
	KUNIT_EXPECT_EQ(test, inner->depth, 1U);
	KUNIT_EXPECT_TRUE(test, inner->certain);
	KUNIT_EXPECT_EQ(test, inner->mnt_ns, mnt);
	KUNIT_EXPECT_EQ(test, inner->root_dev, 7U);
	KUNIT_EXPECT_EQ(test, inner->root_ino, 8ULL);
	KUNIT_EXPECT_TRUE(test, listed(inner));
	KUNIT_EXPECT_EQ(test, nsg_origin_count(), before + 2);
	KUNIT_EXPECT_TRUE(test, nsg_origin_within(inner, outer));
	KUNIT_EXPECT_FALSE(test, nsg_origin_within(outer, inner));
	KUNIT_EXPECT_FALSE(test, nsg_origin_within(inner, inner));
	KUNIT_EXPECT_FALSE(test, nsg_origin_within(NULL, outer));

	/* Shared with the outer one, which owns more. */
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(inner, mnt));
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(inner, net));
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(inner, inner->user_ns));
	KUNIT_EXPECT_TRUE(test, nsg_lineage_foreign(inner, outer->mnt_ns));
	KUNIT_EXPECT_FALSE(test, nsg_lineage_foreign(outer, mnt));
	/* What the outer one does not have can't be got by nesting. */
	KUNIT_EXPECT_FALSE(test, nsg_lineage_has(inner, stray));
	/* The innermost is entered. */
	KUNIT_EXPECT_PTR_EQ(test, nsg_lineage_owner_get(mnt), inner);
	nsg_origin_put(inner);

	/* What the inner one makes, the outer one may enter. */
	KUNIT_EXPECT_EQ(test, nsg_lineage_add(inner, stray), 0);
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(inner, stray));
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(outer, stray));

	/* The outer one stays as long as the inner one. */
	nsg_origin_put(outer);
	KUNIT_EXPECT_EQ(test, nsg_origin_count(), before + 2);
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(outer, mnt));
	nsg_origin_put(inner);
	/* The worker ends the inner one, and with it the outer one. */
	flush_workqueue(nsg_wq);
	KUNIT_EXPECT_EQ(test, nsg_origin_count(), before);
	KUNIT_EXPECT_NULL(test, nsg_lineage_owner_get(mnt));
}

static void origin_find(struct kunit *test)
{
	struct nsg_origin *origin = nsg_origin_alloc();

	KUNIT_ASSERT_NOT_NULL(test, origin);
	nsg_origin_start(origin, false, false);
	KUNIT_EXPECT_PTR_EQ(test, nsg_origin_find(origin->id), origin);
	KUNIT_EXPECT_EQ(test, refcount_read(&origin->ref), 2U);
	KUNIT_EXPECT_NULL(test, nsg_origin_find(origin->id + 1));
	nsg_origin_make_certain(origin);
	KUNIT_EXPECT_TRUE(test, origin->certain);
	nsg_origin_put(origin);
	nsg_origin_put(origin);
}

static struct kunit_case origin_cases[] = {
	KUNIT_CASE_PARAM(origin_start_rule, start_gen_params),
	KUNIT_CASE(origin_alloc),
	KUNIT_CASE(origin_references),
	KUNIT_CASE(origin_start),
	KUNIT_CASE(origin_nest),
	KUNIT_CASE(origin_find),
	{}
};

static struct kunit_suite origin_suite = {
	.name = "nsguard_origin",
	.test_cases = origin_cases,
};

kunit_test_suite(origin_suite);
