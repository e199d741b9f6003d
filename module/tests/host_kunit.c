// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of host.c: whose a namespace is.  The inode numbers lie below those that
 * the kernel gives out, but for the host's.
 */
#include <kunit/test.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>

#include "host.h"
#include "lineage.h"
#include "nsproxy_copy.h"
#include "origin.h"
#include "subject.h"
#include "work.h"

enum { OWN = 1000, SHARED, FOREIGN, NEW };

struct origins {
	struct nsg_origin *asks;
	struct nsg_origin *other;
};

static int host_kunit_init(struct kunit *test)
{
	struct origins *o = kunit_kzalloc(test, sizeof(*o), GFP_KERNEL);

	if (!o)
		return -ENOMEM;
	test->priv = o;
	o->asks = nsg_origin_alloc();
	o->other = nsg_origin_alloc();
	if (!o->asks || !o->other)
		return -ENOMEM;
	return nsg_lineage_add(o->asks, OWN) ?: nsg_lineage_add(o->asks, SHARED) ?:
	       nsg_lineage_add(o->other, SHARED) ?: nsg_lineage_add(o->other, FOREIGN);
}

static void host_kunit_exit(struct kunit *test)
{
	struct origins *o = test->priv;

	if (!o)
		return;
	nsg_origin_put(o->asks);
	nsg_origin_put(o->other);
	flush_workqueue(nsg_wq);
}

static void host_owner(struct kunit *test)
{
	const struct origins *o = test->priv;
	u32 host[NSG_F_NS_COUNT + 2];
	int i;

	KUNIT_EXPECT_TRUE(test, nsg_host_may_own(o->asks, OWN));
	KUNIT_EXPECT_TRUE(test, nsg_host_may_own(o->asks, SHARED));
	KUNIT_EXPECT_FALSE(test, nsg_host_may_own(o->asks, FOREIGN));
	KUNIT_EXPECT_TRUE(test, nsg_host_may_own(o->asks, NEW));
	/* What has lost some of its own may have had that one. */
	for (i = 0; i < 2; i++) {
		o->asks->lossy = i;
		KUNIT_EXPECT_TRUE(test, nsg_host_owns(o->asks, OWN));
		KUNIT_EXPECT_TRUE(test, nsg_host_owns(o->asks, SHARED));
		KUNIT_EXPECT_FALSE(test, nsg_host_owns(o->asks, FOREIGN));
		KUNIT_EXPECT_EQ(test, (int)nsg_host_owns(o->asks, NEW), i);
	}
	nsg_ns_inums(current->nsproxy, host);
	host[NSG_F_NS_COUNT] = init_user_ns.ns.inum;
	host[NSG_F_NS_COUNT + 1] = init_pid_ns.ns.inum;
	for (i = 0; i < ARRAY_SIZE(host); i++) {
		/* Nobody may have made those of a kind that this kernel has not. */
		if (!host[i])
			continue;
		KUNIT_EXPECT_FALSE_MSG(test, nsg_host_may_own(o->asks, host[i]), "%d", i);
		KUNIT_EXPECT_FALSE_MSG(test, nsg_host_owns(o->asks, host[i]), "%d", i);
	}
}

/* Of a set that the task has, another namespace instead of one. */
static bool yields(const struct nsg_origin *origin, u32 inum)
{
	struct uts_namespace uts = { .ns.inum = inum };
	void *had[NSG_F_NS_COUNT], *now[NSG_F_NS_COUNT];

	nsg_nsproxy_members(had, current->nsproxy);
	memcpy(now, had, sizeof(now));
	now[0] = &uts;
	return nsg_host_yields(origin, had, now);
}

static void host_yields(struct kunit *test)
{
	const struct origins *o = test->priv;
	void *had[NSG_F_NS_COUNT];

	nsg_nsproxy_members(had, current->nsproxy);
	KUNIT_EXPECT_TRUE(test, nsg_host_yields(o->asks, had, had));
	KUNIT_EXPECT_TRUE(test, yields(o->asks, OWN));
	KUNIT_EXPECT_TRUE(test, yields(o->asks, SHARED));
	KUNIT_EXPECT_TRUE(test, yields(o->asks, NEW));
	KUNIT_EXPECT_FALSE(test, yields(o->asks, FOREIGN));
	KUNIT_EXPECT_FALSE(test, yields(o->asks, current->nsproxy->uts_ns->ns.inum));
}

static struct kunit_case host_cases[] = {
	KUNIT_CASE(host_owner),
	KUNIT_CASE(host_yields),
	{}
};

static struct kunit_suite host_suite = {
	.name = "nsguard_host",
	.init = host_kunit_init,
	.exit = host_kunit_exit,
	.test_cases = host_cases,
};

kunit_test_suite(host_suite);
