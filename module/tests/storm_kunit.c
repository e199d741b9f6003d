// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of storm.c: when killing is suspended.
 */
#include <kunit/test.h>

#include "storm.h"

#define SECOND	(1000ULL * 1000 * 1000)
#define LIMIT	3

/* Who was to be killed, a letter for each container, and what came of it. */
struct storm_param {
	const char *desc;
	unsigned int limit;
	/* "A5": container A, five seconds later. */
	const char *steps;
	/* k: killed, B: the storm breaks, r: it rages */
	const char *verdicts;
};

static const struct storm_param storm_params[] = {
	{ "one container, whatever it does", LIMIT,
	  "A0 A0 A0 A0 A1 A1 A1 A9 A0", "kkkkkkkkk" },
	{ "one short of a storm", LIMIT, "A0 B0 A0 B0", "kkkk" },
	{ "as many as make one", LIMIT, "A0 B0 C0 D0 A0", "kkBrr" },
	{ "within the window", LIMIT, "A0 B4 C5", "kkB" },
	{ "too far apart", LIMIT, "A0 B5 C5 D5 E5", "kkkkk" },
	{ "the window counts from the last of each", LIMIT, "A0 B9 A0 C9",
	  "kkkB" },
	{ "it ends by itself", LIMIT, "A0 B0 C0 C9 C9 C9 C9 C9 C9 C9",
	  "kkBrrrrrrk" },
	{ "one container does not prolong it", LIMIT,
	  "A0 B0 C0 C9 C9 C9 C9 C9 C9 C6 C0", "kkBrrrrrrkk" },
	{ "several do, and say so again", LIMIT,
	  "A0 B0 C0 C9 C9 C9 C9 C9 C9 A4 B1 C2 B1", "kkBrrrrrrrrBr" },
	{ "off", 0, "A0 B0 C0 D0 E0 F0", "kkkkkk" },
	{ "more containers than are remembered", NSG_STORM_MAX,
	  "A0 B0 C0 D0 E0 F0 G0 H0 I0 J0 K0 L0 M0 N0 O0 P0 Q0",
	  "kkkkkkkkkkkkkkkBr" },
};

KUNIT_ARRAY_PARAM_DESC(storm, storm_params, desc);

static char letter(enum nsg_storm_verdict verdict)
{
	switch (verdict) {
	case NSG_STORM_CALM:
		return 'k';
	case NSG_STORM_BREAKS:
		return 'B';
	default:
		return 'r';
	}
}

static void storm_judges(struct kunit *test)
{
	const struct storm_param *param = test->param_value;
	const char *want = param->verdicts, *step = param->steps;
	u64 now = 1000 * SECOND;
	struct nsg_storm *storm;

	storm = kunit_kzalloc(test, sizeof(*storm), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, storm);
	for (;; step += 3, want++) {
		KUNIT_ASSERT_NE(test, *want, '\0');
		now += (step[1] - '0') * SECOND;
		KUNIT_EXPECT_EQ_MSG(test,
				    letter(nsg_storm_judge(storm, step[0], now,
							   param->limit)),
				    *want, "at step %s", step);
		if (!step[2])
			break;
	}
	KUNIT_EXPECT_EQ(test, want[1], '\0');
}

/* Switched off while one rages: it is over, for who asks as well. */
static void storm_switched_off(struct kunit *test)
{
	struct nsg_storm *storm;
	u64 now = 1000 * SECOND;
	char who;

	storm = kunit_kzalloc(test, sizeof(*storm), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, storm);
	for (who = 'A'; who < 'A' + LIMIT; who++)
		nsg_storm_judge(storm, who, now, LIMIT);
	KUNIT_EXPECT_GT(test, storm->until, now);
	KUNIT_EXPECT_EQ(test, (int)nsg_storm_judge(storm, 'A', now, 0),
			(int)NSG_STORM_CALM);
	KUNIT_EXPECT_EQ(test, storm->until, 0ULL);
}

static struct kunit_case storm_cases[] = {
	KUNIT_CASE_PARAM(storm_judges, storm_gen_params),
	KUNIT_CASE(storm_switched_off),
	{}
};

static struct kunit_suite storm_suite = {
	.name = "nsguard_storm",
	.test_cases = storm_cases,
};

kunit_test_suite(storm_suite);
