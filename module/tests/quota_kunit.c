// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of quota.h: so many in each period.
 */
#include <kunit/test.h>

#include "quota.h"

/* No test takes as long. */
#define PERIOD	(1000 * HZ)

static void quota_counts(struct kunit *test)
{
	struct nsg_quota quota;
	int i;

	nsg_quota_init(&quota);
	KUNIT_EXPECT_FALSE(test, nsg_quota_take(&quota, PERIOD, 0));
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, nsg_quota_take(&quota, PERIOD, 2));
	for (i = 0; i < 3; i++)
		KUNIT_EXPECT_FALSE(test, nsg_quota_take(&quota, PERIOD, 2));

	/* The next period. */
	quota.begin -= PERIOD;
	for (i = 0; i < 2; i++)
		KUNIT_EXPECT_TRUE(test, nsg_quota_take(&quota, PERIOD, 2));
	KUNIT_EXPECT_FALSE(test, nsg_quota_take(&quota, PERIOD, 2));
}

static struct kunit_case quota_cases[] = {
	KUNIT_CASE(quota_counts),
	{}
};

static struct kunit_suite quota_suite = {
	.name = "nsguard_quota",
	.test_cases = quota_cases,
};

kunit_test_suite(quota_suite);
