// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of lineage.c with hand-made containers.  The inode numbers lie
 * below those that the kernel gives out, so no real namespace is concerned.
 */
#include <kunit/test.h>
#include <linux/string.h>

#include "counter.h"
#include "lineage.h"
#include "origin.h"
#include "work.h"

#define ORIGINS	3
#define CAP	NSG_LINEAGE_MAX
#define INUM	1000U

static int lineage_init(struct kunit *test)
{
	struct nsg_origin **origin;
	int i;

	origin = kunit_kcalloc(test, ORIGINS, sizeof(*origin), GFP_KERNEL);
	test->priv = origin;
	for (i = 0; origin && i < ORIGINS; i++) {
		origin[i] = nsg_origin_alloc();
		if (!origin[i])
			return -ENOMEM;
	}
	return origin ? 0 : -ENOMEM;
}

static void lineage_exit(struct kunit *test)
{
	struct nsg_origin **origin = test->priv;
	int i;

	for (i = 0; origin && i < ORIGINS; i++)
		nsg_origin_put(origin[i]);
	/* A worker drops what they have, which the next case would find. */
	flush_workqueue(nsg_wq);
}

static u64 full(void)
{
	return atomic64_read(&nsg_counters[NSG_C_LINEAGE_FULL]);
}

/*
 * What is done, a letter and two digits for each step, the first digit the
 * container and the second the namespace: a=add, f=forget (of all), d=drop (of
 * all namespaces).
 */
struct lineage_param {
	const char *desc;
	const char *steps;
	/* By container, and in it by namespace 0 to 2. */
	const char *has[ORIGINS];
	const char *foreign[ORIGINS];
};

static const struct lineage_param lineage_params[] = {
	{
		"nothing is known",
		"", { "---", "---", "---" }, { "---", "---", "---" }
	},
	{
		"one of its own",
		"a00", { "0--", "---", "---" }, { "---", "0--", "0--" }
	},
	{
		"one each",
		"a00 a11 a22",
		{ "0--", "-1-", "--2" }, { "-12", "0-2", "01-" }
	},
	{
		"shared by two, foreign to the third",
		"a00 a10", { "0--", "0--", "---" }, { "---", "---", "0--" }
	},
	{
		"shared, added the other way round",
		"a10 a00", { "0--", "0--", "---" }, { "---", "---", "0--" }
	},
	{
		"shared by all, foreign to none",
		"a00 a10 a20", { "0--", "0--", "0--" }, { "---", "---", "---" }
	},
	{
		"added twice",
		"a00 a00", { "0--", "---", "---" }, { "---", "0--", "0--" }
	},
	{
		"added twice and forgotten once",
		"a00 a00 f00", { "---", "---", "---" }, { "---", "---", "---" }
	},
	{
		"forgotten by all who share it, and nothing else",
		"a00 a10 a01 a12 f00",
		{ "-1-", "--2", "---" }, { "--2", "-1-", "-12" }
	},
	{
		"the number comes back to another container",
		"a00 f00 a10", { "---", "0--", "---" }, { "0--", "---", "0--" }
	},
	{
		"an unknown number is forgotten",
		"a00 f01 f01", { "0--", "---", "---" }, { "---", "0--", "0--" }
	},
	{
		"one of two that share ends",
		"a00 a10 d00", { "---", "0--", "---" }, { "0--", "---", "0--" }
	},
	{
		"a container ends with all it has",
		"a00 a01 a02 a11 d00",
		{ "---", "-1-", "---" }, { "-1-", "---", "-1-" }
	},
	{
		"one with nothing ends",
		"a11 d00", { "---", "-1-", "---" }, { "-1-", "---", "-1-" }
	},
};

KUNIT_ARRAY_PARAM_DESC(lineage, lineage_params, desc);

static void step(struct kunit *test, const char *s)
{
	struct nsg_origin **origin = test->priv;
	struct nsg_origin *o = origin[s[1] - '0'];
	u32 inum = INUM + s[2] - '0';

	if (*s == 'a')
		KUNIT_EXPECT_EQ_MSG(test, nsg_lineage_add(o, inum), 0, "%s", s);
	else if (*s == 'f')
		nsg_lineage_forget(inum);
	else
		nsg_lineage_drop(o);
}

static void lineage_steps(struct kunit *test)
{
	const struct lineage_param *param = test->param_value;
	struct nsg_origin **origin = test->priv;
	const char *s;
	int i, n;

	for (s = param->steps; *s; s += s[3] ? 4 : 3)
		step(test, s);
	for (i = 0; i < ORIGINS; i++) {
		unsigned int count = 0;

		for (n = 0; n < 3; n++) {
			bool has = param->has[i][n] != '-';
			bool foreign = param->foreign[i][n] != '-';

			KUNIT_EXPECT_EQ_MSG(test, has,
					    nsg_lineage_has(origin[i], INUM + n),
					    "has %d %d", i, n);
			KUNIT_EXPECT_EQ_MSG(test, foreign,
					    nsg_lineage_foreign(origin[i],
								INUM + n),
					    "foreign %d %d", i, n);
			count += has;
		}
		KUNIT_EXPECT_EQ_MSG(test, origin[i]->namespaces, count,
				    "length %d", i);
	}
}

static void lineage_owner(struct kunit *test)
{
	struct nsg_origin **origin = test->priv;
	struct nsg_origin *owner;

	KUNIT_EXPECT_NULL(test, nsg_lineage_owner_get(INUM));
	nsg_lineage_add(origin[0], INUM);
	owner = nsg_lineage_owner_get(INUM);
	KUNIT_EXPECT_PTR_EQ(test, owner, origin[0]);
	KUNIT_EXPECT_EQ(test, refcount_read(&origin[0]->ref), 2U);
	nsg_origin_put(owner);
	KUNIT_EXPECT_NULL(test, nsg_lineage_owner_get(INUM + 1));
	nsg_lineage_forget(INUM);
	KUNIT_EXPECT_NULL(test, nsg_lineage_owner_get(INUM));
	KUNIT_EXPECT_EQ(test, refcount_read(&origin[0]->ref), 1U);
}

/* Whichever of them had it first. */
static void lineage_owner_innermost(struct kunit *test)
{
	struct nsg_origin **origin = test->priv;
	struct nsg_origin *owner;
	int i;

	origin[1]->depth = 1;
	origin[2]->depth = 2;
	for (i = 0; i < ORIGINS * 2; i++) {
		nsg_lineage_add(origin[i % ORIGINS], INUM);
		nsg_lineage_add(origin[(i + 1 + i / ORIGINS) % ORIGINS], INUM);
		nsg_lineage_add(origin[(i + 2 - i / ORIGINS) % ORIGINS], INUM);
		owner = nsg_lineage_owner_get(INUM);
		KUNIT_EXPECT_PTR_EQ_MSG(test, owner, origin[2], "order %d", i);
		nsg_origin_put(owner);
		nsg_lineage_forget(INUM);
	}
	for (i = 0; i < ORIGINS; i++)
		KUNIT_EXPECT_EQ(test, refcount_read(&origin[i]->ref), 1U);
}

/* The last reference is gone and the lineage not dropped yet, for a moment. */
static void lineage_owner_ends(struct kunit *test)
{
	struct nsg_origin **origin = test->priv;
	struct nsg_origin *owner;
	int i;

	nsg_lineage_add(origin[0], INUM);
	nsg_lineage_add(origin[1], INUM);
	for (i = 0; i < 2; i++) {
		refcount_set(&origin[i]->ref, 0);
		owner = nsg_lineage_owner_get(INUM);
		KUNIT_EXPECT_PTR_EQ(test, owner, origin[!i]);
		nsg_origin_put(owner);
		refcount_set(&origin[i]->ref, 1);
	}
	refcount_set(&origin[0]->ref, 0);
	refcount_set(&origin[1]->ref, 0);
	KUNIT_EXPECT_NULL(test, nsg_lineage_owner_get(INUM));
	refcount_set(&origin[0]->ref, 1);
	refcount_set(&origin[1]->ref, 1);
}

static void lineage_last_put(struct kunit *test)
{
	struct nsg_origin **origin = test->priv;

	nsg_lineage_add(origin[0], INUM);
	nsg_origin_put(origin[0]);
	origin[0] = NULL;
	flush_workqueue(nsg_wq);
	KUNIT_EXPECT_NULL(test, nsg_lineage_owner_get(INUM));
	KUNIT_EXPECT_FALSE(test, nsg_lineage_foreign(origin[1], INUM));
}

/* The number of a kind of namespaces that this kernel does not have. */
static void lineage_none(struct kunit *test)
{
	struct nsg_origin **origin = test->priv;

	KUNIT_EXPECT_EQ(test, nsg_lineage_add(origin[0], 0), 0);
	KUNIT_EXPECT_FALSE(test, nsg_lineage_has(origin[0], 0));
	KUNIT_EXPECT_FALSE(test, nsg_lineage_foreign(origin[1], 0));
	KUNIT_EXPECT_EQ(test, origin[0]->namespaces, 0U);
}

#define MANY	1000

/* So many that some of both halves are in one bucket. */
static void lineage_of_others(struct kunit *test)
{
	struct nsg_origin **many;
	int i, made, wrong = 0;

	many = kunit_kcalloc(test, MANY, sizeof(*many), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, many);
	for (made = 0; made < MANY; made++) {
		many[made] = nsg_origin_alloc();
		if (!many[made])
			break;
		if (made % 2)
			nsg_lineage_add(many[made], INUM);
	}
	KUNIT_EXPECT_EQ(test, made, MANY);
	for (i = 0; i < made; i++)
		wrong += nsg_lineage_has(many[i], INUM) != i % 2;
	KUNIT_EXPECT_EQ(test, wrong, 0);
	for (i = 0; i < made; i++)
		nsg_origin_put(many[i]);
}

/* More than the table has buckets, so every bucket holds several. */
static void lineage_cap(struct kunit *test)
{
	struct nsg_origin **origin = test->priv;
	u64 before = full();
	int i, wrong = 0;

	for (i = 0; i < CAP; i++)
		wrong += nsg_lineage_add(origin[0], INUM + i) != 0;
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_EQ(test, origin[0]->namespaces, (unsigned int)CAP);
	KUNIT_EXPECT_EQ(test, full(), before);
	for (i = 0; i < CAP; i++)
		wrong += !nsg_lineage_has(origin[0], INUM + i) ||
			 nsg_lineage_has(origin[1], INUM + i);
	KUNIT_EXPECT_EQ(test, wrong, 0);

	KUNIT_EXPECT_EQ(test, nsg_lineage_add(origin[0], INUM + CAP), -ENOSPC);
	KUNIT_EXPECT_FALSE(test, nsg_lineage_has(origin[0], INUM + CAP));
	KUNIT_EXPECT_EQ(test, origin[0]->namespaces, (unsigned int)CAP);
	KUNIT_EXPECT_EQ(test, full(), before + 1);
	/* What it has already is no addition, and others have room. */
	KUNIT_EXPECT_EQ(test, nsg_lineage_add(origin[0], INUM), 0);
	KUNIT_EXPECT_EQ(test, nsg_lineage_add(origin[1], INUM + CAP), 0);
	KUNIT_EXPECT_EQ(test, full(), before + 1);

	nsg_lineage_forget(INUM);
	KUNIT_EXPECT_EQ(test, nsg_lineage_add(origin[0], INUM + CAP), 0);
	KUNIT_EXPECT_EQ(test, origin[0]->namespaces, (unsigned int)CAP);
	nsg_lineage_drop(origin[0]);
	KUNIT_EXPECT_EQ(test, origin[0]->namespaces, 0U);
	for (i = 0; i <= CAP; i++)
		wrong += nsg_lineage_has(origin[0], INUM + i);
	KUNIT_EXPECT_EQ(test, wrong, 0);
	KUNIT_EXPECT_TRUE(test, nsg_lineage_has(origin[1], INUM + CAP));
}

static struct kunit_case lineage_cases[] = {
	KUNIT_CASE_PARAM(lineage_steps, lineage_gen_params),
	KUNIT_CASE(lineage_owner),
	KUNIT_CASE(lineage_owner_innermost),
	KUNIT_CASE(lineage_owner_ends),
	KUNIT_CASE(lineage_last_put),
	KUNIT_CASE(lineage_none),
	KUNIT_CASE_SLOW(lineage_of_others),
	KUNIT_CASE_SLOW(lineage_cap),
	{}
};

static struct kunit_suite lineage_suite = {
	.name = "nsguard_lineage",
	.init = lineage_init,
	.exit = lineage_exit,
	.test_cases = lineage_cases,
};

kunit_test_suite(lineage_suite);
