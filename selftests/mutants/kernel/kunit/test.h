/* SPDX-License-Identifier: GPL-2.0 */
/*
 * As much of KUnit as the suites of the module's pure parts need to run as a
 * program on this machine: a hundred of them a minute, where a guest takes one.
 */
#ifndef SELFTESTS_MUTANTS_KUNIT_TEST_H
#define SELFTESTS_MUTANTS_KUNIT_TEST_H

#include <linux/types.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define ARRAY_SIZE(a)	(sizeof(a) / sizeof((a)[0]))
#define U64_MAX		(~0ULL)
#define KUNIT_PARAM_DESC_SIZE 128

struct kunit {
	const void *param_value;
	const char *name;
	bool failed;
};

struct kunit_case {
	void (*run_case)(struct kunit *test);
	const char *name;
	const void *(*generate_params)(const void *prev, char *desc);
};

struct kunit_suite {
	const char *name;
	struct kunit_case *test_cases;
};

/* Adds the suite to those that main() runs. */
void kunit_add(struct kunit_suite *suite);

#define kunit_test_suite(suite)						\
	static void __attribute__((constructor)) kunit_add_##suite(void)	\
	{								\
		kunit_add(&(suite));					\
	}								\
	struct kunit_suite

#define KUNIT_CASE(fn)		{ fn, #fn, NULL }
#define KUNIT_CASE_PARAM(fn, gen) { fn, #fn, gen }

#define KUNIT_ARRAY_PARAM_DESC(name, array, desc_member)		\
	static const void *name##_gen_params(const void *prev, char *desc)	\
	{								\
		typeof((array)[0]) *next = prev ?			\
			(typeof(next))prev + 1 : (array);		\
									\
		if (next >= (array) + ARRAY_SIZE(array))		\
			return NULL;					\
		snprintf(desc, KUNIT_PARAM_DESC_SIZE, "%s",		\
			 next->desc_member);				\
		return next;						\
	}

#define KUNIT_EXPECT_TRUE(test, condition)				\
	do {								\
		if (!(condition)) {					\
			(test)->failed = true;				\
			printf("# %s: %s:%d: %s\n", (test)->name,	\
			       __FILE__, __LINE__, #condition);		\
		}							\
	} while (0)
#define KUNIT_EXPECT_TRUE_MSG(test, condition, ...) \
	KUNIT_EXPECT_TRUE(test, condition)
#define KUNIT_EXPECT_EQ(test, a, b)	KUNIT_EXPECT_TRUE(test, (a) == (b))
#define KUNIT_EXPECT_EQ_MSG(test, a, b, ...) KUNIT_EXPECT_EQ(test, a, b)
#define KUNIT_EXPECT_NE(test, a, b)	KUNIT_EXPECT_TRUE(test, (a) != (b))
#define KUNIT_EXPECT_NE_MSG(test, a, b, ...) KUNIT_EXPECT_NE(test, a, b)
#define KUNIT_EXPECT_PTR_EQ(test, a, b)	KUNIT_EXPECT_EQ(test, a, b)
#define KUNIT_EXPECT_STREQ(test, a, b) \
	KUNIT_EXPECT_TRUE(test, !strcmp(a, b))
#define KUNIT_EXPECT_STRNEQ(test, a, b) \
	KUNIT_EXPECT_TRUE(test, strcmp(a, b))
/* Nothing can be said of the rest of the case. */
#define KUNIT_ASSERT_NOT_NULL(test, p)					\
	do {								\
		KUNIT_EXPECT_TRUE(test, p);				\
		if (!(p))						\
			return;						\
	} while (0)

#endif /* SELFTESTS_MUTANTS_KUNIT_TEST_H */
