// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of userns.c: chains of user namespaces that no kernel has made.
 */
#include <kunit/test.h>
#include <linux/user_namespace.h>

#include "userns.h"

#define USER	1000
/* Far more than the kernel nests. */
#define LONG	100

/* A chain below the initial one, each made by another user, the outermost by USER. */
static struct user_namespace *make_chain(struct kunit *test, int length)
{
	struct user_namespace *ns;
	int i;

	ns = kunit_kzalloc(test, length * sizeof(*ns), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, ns);
	for (i = 0; i < length; i++) {
		ns[i].parent = i ? &ns[i - 1] : &init_user_ns;
		ns[i].owner = KUIDT_INIT(USER + i);
	}
	return ns;
}

static void userns_maker(struct kunit *test)
{
	struct user_namespace *ns = make_chain(test, 33);

	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&init_user_ns), 0U);
	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&ns[0]), (u32)USER);
	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&ns[1]), (u32)USER);
	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&ns[32]), (u32)USER);
}

static void userns_forged(struct kunit *test)
{
	struct user_namespace *ns = make_chain(test, LONG);

	KUNIT_EXPECT_EQ(test, nsg_userns_maker(NULL), 0U);
	KUNIT_EXPECT_EQ(test, nsg_userns_maker((void *)PAGE_SIZE), 0U);
	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&ns[LONG - 1]), 0U);
	/* No memory, nothing, and themselves above them. */
	ns[0].parent = (void *)PAGE_SIZE;
	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&ns[1]), 0U);
	ns[0].parent = NULL;
	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&ns[1]), 0U);
	ns[0].parent = &ns[0];
	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&ns[1]), 0U);
	ns[0].parent = &ns[1];
	KUNIT_EXPECT_EQ(test, nsg_userns_maker(&ns[1]), 0U);
	KUNIT_EXPECT_EQ(test, (int)nsg_userns_relation(&ns[1], &init_user_ns),
			(int)NSG_USERNS_ELSEWHERE);
}

static void userns_relation(struct kunit *test)
{
	struct user_namespace *ns = make_chain(test, 33);
	struct user_namespace *other = make_chain(test, 1);
	static const struct {
		int of, to;
		enum nsg_userns_rel is;
	} relations[] = {
		{ 4, 4, NSG_USERNS_SAME },
		{ 5, 4, NSG_USERNS_BELOW },
		{ 32, 0, NSG_USERNS_BELOW },
		{ 4, 5, NSG_USERNS_ELSEWHERE },
		{ 0, 32, NSG_USERNS_ELSEWHERE },
	};
	int i;

	for (i = 0; i < ARRAY_SIZE(relations); i++)
		KUNIT_EXPECT_EQ_MSG(test, (int)relations[i].is,
				    (int)nsg_userns_relation(&ns[relations[i].of],
							     &ns[relations[i].to]),
				    "%d to %d", relations[i].of, relations[i].to);
	KUNIT_EXPECT_EQ(test, (int)nsg_userns_relation(&ns[32], &init_user_ns),
			(int)NSG_USERNS_BELOW);
	KUNIT_EXPECT_EQ(test, (int)nsg_userns_relation(&init_user_ns, &ns[0]),
			(int)NSG_USERNS_ELSEWHERE);
	KUNIT_EXPECT_EQ(test, (int)nsg_userns_relation(&other[0], &ns[0]),
			(int)NSG_USERNS_ELSEWHERE);
	KUNIT_EXPECT_EQ(test, (int)nsg_userns_relation(NULL, &ns[0]),
			(int)NSG_USERNS_ELSEWHERE);
}

static struct kunit_case userns_cases[] = {
	KUNIT_CASE(userns_maker),
	KUNIT_CASE(userns_forged),
	KUNIT_CASE(userns_relation),
	{}
};

static struct kunit_suite userns_suite = {
	.name = "nsguard_userns",
	.test_cases = userns_cases,
};

kunit_test_suite(userns_suite);
