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

static struct kunit_case userns_cases[] = {
	KUNIT_CASE(userns_maker),
	KUNIT_CASE(userns_forged),
	{}
};

static struct kunit_suite userns_suite = {
	.name = "nsguard_userns",
	.test_cases = userns_cases,
};

kunit_test_suite(userns_suite);
