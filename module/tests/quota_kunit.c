// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of quota.h: nothing that is held back is forgotten.
 */
#include <kunit/test.h>

#include "quota.h"

/* No test takes as long. */
#define PERIOD	(1000 * HZ)

static void quota_counts(struct kunit *test)
{
	struct nsg_quota quota;
	u64 held = 77;
	int i;

	nsg_quota_init(&quota);
	for (i = 0; i < 2; i++) {
		KUNIT_EXPECT_TRUE(test, nsg_quota_take(&quota, PERIOD, 2, &held));
		KUNIT_EXPECT_EQ(test, held, 0ULL);
	}
	held = 77;
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_FALSE(test, nsg_quota_take(&quota, PERIOD, 2, &held));
	KUNIT_EXPECT_EQ(test, held, 77ULL);

	/* The next period. */
	quota.begin -= PERIOD;
	KUNIT_EXPECT_TRUE(test, nsg_quota_take(&quota, PERIOD, 2, &held));
	KUNIT_EXPECT_EQ(test, held, 3ULL);
	KUNIT_EXPECT_TRUE(test, nsg_quota_take(&quota, PERIOD, 2, &held));
	KUNIT_EXPECT_EQ(test, held, 0ULL);
}

static void quota_given_back(struct kunit *test)
{
	struct nsg_quota quota;
	u64 held;

	nsg_quota_init(&quota);
	KUNIT_EXPECT_FALSE(test, nsg_quota_take(&quota, PERIOD, 0, &held));
	KUNIT_EXPECT_TRUE(test, nsg_quota_take(&quota, PERIOD, 1, &held));
	KUNIT_EXPECT_EQ(test, held, 1ULL);
	/* There was no memory to say so. */
	nsg_quota_give_back(&quota, held);
	quota.begin -= PERIOD;
	KUNIT_EXPECT_TRUE(test, nsg_quota_take(&quota, PERIOD, 1, &held));
	KUNIT_EXPECT_EQ(test, held, 1ULL);
}

static struct kunit_case quota_cases[] = {
	KUNIT_CASE(quota_counts),
	KUNIT_CASE(quota_given_back),
	{}
};

static struct kunit_suite quota_suite = {
	.name = "nsguard_quota",
	.test_cases = quota_cases,
};

kunit_test_suite(quota_suite);
