// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of field.c: what counts as a difference, and what it is called.
 */
#include <kunit/test.h>
#include <linux/ctype.h>

#include "field.h"

/* What the kernel itself only ever raises: a fall is the violation. */
#define MONOTONE (NSG_F_BIT(SECCOMP_MODE) | NSG_F_BIT(SECCOMP_FILTERS) | \
		  NSG_F_BIT(NO_NEW_PRIVS))
#define ALL	GENMASK_ULL(NSG_F_COUNT - 1, 0)

static void fill(struct nsg_subject *s, u64 value)
{
	int i;

	for (i = 0; i < NSG_F_COUNT; i++)
		s->v[i] = value;
}

struct field_value_param {
	const char *desc;
	u64 low;
	u64 high;
};

static const struct field_value_param field_value_params[] = {
	{ "nothing and one", 0, 1 },
	{ "neighbours", 1000, 1001 },
	{ "the lowest bit of many", 0xfffffffffffffffe, 0xffffffffffffffff },
	{ "the highest bit alone", 0, BIT_ULL(63) },
	{ "beyond the sign of 32 bits", 0x7fffffff, 0x80000000 },
	{ "beyond 32 bits", 5, BIT_ULL(32) | 5 },
	{ "the whole range", 0, U64_MAX },
};

KUNIT_ARRAY_PARAM_DESC(field_value, field_value_params, desc);

/* Each field alone is told by exactly its bit, and in whichever direction. */
static void field_one_differs(struct kunit *test)
{
	const struct field_value_param *param = test->param_value;
	struct nsg_subject want, have;
	int i;

	for (i = 0; i < NSG_F_COUNT; i++) {
		fill(&want, param->low);
		fill(&have, param->low);
		have.v[i] = param->high;
		KUNIT_EXPECT_EQ_MSG(test, nsg_subject_diff(&want, &have),
				    BIT_ULL(i) & ~MONOTONE, "%s grew",
				    nsg_field_name(i));
		KUNIT_EXPECT_EQ_MSG(test, nsg_subject_diff(&have, &want),
				    BIT_ULL(i), "%s fell", nsg_field_name(i));
	}
}

static void field_all_but_one_differ(struct kunit *test)
{
	const struct field_value_param *param = test->param_value;
	struct nsg_subject want, have;
	int i;

	for (i = 0; i < NSG_F_COUNT; i++) {
		fill(&want, param->high);
		fill(&have, param->low);
		have.v[i] = param->high;
		KUNIT_EXPECT_EQ_MSG(test, nsg_subject_diff(&want, &have),
				    ALL & ~BIT_ULL(i), "%s is the same",
				    nsg_field_name(i));
	}
}

static void field_none_differs(struct kunit *test)
{
	const struct field_value_param *param = test->param_value;
	struct nsg_subject want, have;

	fill(&want, param->low);
	fill(&have, param->low);
	KUNIT_EXPECT_EQ(test, nsg_subject_diff(&want, &have), 0ULL);
	fill(&want, param->high);
	KUNIT_EXPECT_EQ(test, nsg_subject_diff(&want, &want), 0ULL);
}

/* A subject of distinct values: no field is compared with its neighbour. */
static void field_distinct_values(struct kunit *test)
{
	struct nsg_subject want, have;
	int i;

	for (i = 0; i < NSG_F_COUNT; i++)
		want.v[i] = 0x1111 * (i + 1);
	have = want;
	KUNIT_EXPECT_EQ(test, nsg_subject_diff(&want, &have), 0ULL);
	for (i = 0; i < NSG_F_COUNT; i++)
		have.v[i] = want.v[(i + 1) % NSG_F_COUNT];
	/* All but the last of them grow. */
	KUNIT_EXPECT_EQ(test, nsg_subject_diff(&want, &have),
			(ALL & ~MONOTONE) | BIT_ULL(NSG_F_COUNT - 1));
}

struct field_rest_param {
	const char *desc;
	u64 want[3];		/* seccomp mode, filters, no_new_privs */
	u64 have[3];
	u64 diff;
};

static const struct field_rest_param field_rest_params[] = {
	{ "a filter is installed", { 0, 0, 0 }, { 2, 1, 1 }, 0 },
	{ "another filter on top", { 2, 1, 1 }, { 2, 2, 1 }, 0 },
	{ "no_new_privs is set", { 0, 0, 0 }, { 0, 0, 1 }, 0 },
	{ "a violation kills: mode 3", { 2, 4, 1 }, { 3, 4, 1 }, 0 },
	{
		"seccomp is switched off", { 2, 3, 0 }, { 0, 3, 0 },
		NSG_F_BIT(SECCOMP_MODE)
	},
	{
		"one of three filters is gone", { 2, 3, 1 }, { 2, 2, 1 },
		NSG_F_BIT(SECCOMP_FILTERS)
	},
	{
		"no_new_privs is cleared", { 0, 0, 1 }, { 0, 0, 0 },
		NSG_F_BIT(NO_NEW_PRIVS)
	},
	{
		"one falls while another rises", { 2, 3, 0 }, { 2, 2, 1 },
		NSG_F_BIT(SECCOMP_FILTERS)
	},
	{ "all fall", { 2, 3, 1 }, { 0, 0, 0 }, MONOTONE },
};

KUNIT_ARRAY_PARAM_DESC(field_rest, field_rest_params, desc);

static void field_rest_only_grows(struct kunit *test)
{
	const struct field_rest_param *param = test->param_value;
	struct nsg_subject want, have;

	fill(&want, 7);
	fill(&have, 7);
	memcpy(&want.v[NSG_F_SECCOMP_MODE], param->want, sizeof(param->want));
	memcpy(&have.v[NSG_F_SECCOMP_MODE], param->have, sizeof(param->have));
	KUNIT_EXPECT_EQ(test, nsg_subject_diff(&want, &have), param->diff);
}

static void field_names(struct kunit *test)
{
	const char *name, *p;
	int i, j;

	for (i = 0; i < NSG_F_COUNT; i++) {
		name = nsg_field_name(i);
		KUNIT_ASSERT_NOT_NULL(test, name);
		KUNIT_EXPECT_NE_MSG(test, *name, '\0', "field %d", i);
		KUNIT_EXPECT_STRNEQ(test, name, "unknown");
		for (p = name; *p; p++)
			KUNIT_EXPECT_TRUE_MSG(test, islower(*p) || *p == '_',
					      "field %d: %s", i, name);
		for (j = 0; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, name, nsg_field_name(j));
	}
	KUNIT_EXPECT_STREQ(test, nsg_field_name(NSG_F_COUNT), "unknown");
}

/* The subjective fields mirror the objective ones, one for one. */
static void field_subjective_names(struct kunit *test)
{
	char name[32];
	int i;

	for (i = NSG_F_CRED_FIRST; i <= NSG_F_CRED_LAST; i++) {
		snprintf(name, sizeof(name), "subj_%s", nsg_field_name(i));
		KUNIT_EXPECT_STREQ(test, name,
				   nsg_field_name(i + NSG_F_SUBJ_OFFSET));
	}
}

static struct kunit_case field_cases[] = {
	KUNIT_CASE_PARAM(field_one_differs, field_value_gen_params),
	KUNIT_CASE_PARAM(field_all_but_one_differ, field_value_gen_params),
	KUNIT_CASE_PARAM(field_none_differs, field_value_gen_params),
	KUNIT_CASE(field_distinct_values),
	KUNIT_CASE_PARAM(field_rest_only_grows, field_rest_gen_params),
	KUNIT_CASE(field_names),
	KUNIT_CASE(field_subjective_names),
	{}
};

static struct kunit_suite field_suite = {
	.name = "nsguard_field",
	.test_cases = field_cases,
};

kunit_test_suite(field_suite);
