// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of budget.c: who shares with whom, what making containers gains, and that
 * nothing that is held back is forgotten.
 */
#include <kunit/test.h>

#include "budget.h"

/* Nobody's. */
#define USER	4000000000U
/* budget.c's limits of messages. */
#define ALL	32
#define PLACE	4

/* A period begins that no test is slow enough to see the end of. */
static void refill(struct nsg_allowance *allowance)
{
	int i;

	for (i = 0; i < NSG_TOLD_COUNT; i++) {
		allowance->quota[i].begin = jiffies + 1000 * HZ;
		allowance->quota[i].used = 0;
	}
}

static struct nsg_budget *start(struct kunit *test, uid_t user)
{
	struct nsg_budget *budget = kunit_kzalloc(test, sizeof(*budget), GFP_KERNEL);

	KUNIT_ASSERT_NOT_NULL(test, budget);
	nsg_budget_init(budget);
	nsg_budget_open(budget, user);
	refill(&budget->own);
	if (budget->account)
		refill(&budget->account->shared);
	if (budget->place)
		refill(budget->place);
	return budget;
}

/* How many messages of @tries are granted; what those tell of others is added up. */
static int take(struct nsg_budget *budget, int tries, u64 *told)
{
	int granted = 0;
	u64 untold = 0;

	for (; tries; tries--)
		if (nsg_budget_take(budget, NSG_MESSAGE, &untold)) {
			granted++;
			*told += untold;
		}
	return granted;
}

/* Nobody has to wait for its account to be free. */
static void end(struct nsg_budget *budget)
{
	nsg_budget_close(budget);
	if (budget->account)
		budget->account->since -= 1000 * HZ;
}

static void budget_of_root(struct kunit *test)
{
	struct nsg_budget *loud = start(test, 0), *quiet = start(test, 0);
	u64 told = 0;

	KUNIT_EXPECT_NULL(test, loud->account);
	KUNIT_EXPECT_NULL(test, loud->place);
	KUNIT_EXPECT_EQ(test, take(loud, 100, &told), ALL);
	KUNIT_EXPECT_EQ(test, take(quiet, 10, &told), 10);
	KUNIT_EXPECT_EQ(test, told, 0ULL);
	refill(&loud->own);
	KUNIT_EXPECT_EQ(test, take(loud, 1, &told), 1);
	KUNIT_EXPECT_EQ(test, told, 100ULL - ALL);
	/* It had reached nobody. */
	nsg_budget_give_back(loud, NSG_MESSAGE, told);
	told = 0;
	KUNIT_EXPECT_EQ(test, take(loud, 2, &told), 2);
	KUNIT_EXPECT_EQ(test, told, 100ULL - ALL);
	end(loud);
	end(quiet);
}

static void budget_of_user(struct kunit *test)
{
	struct nsg_budget *loud = start(test, USER), *quiet = start(test, USER);
	struct nsg_budget *other = start(test, USER + 1);
	u64 told = 0;

	KUNIT_EXPECT_PTR_EQ(test, loud->account, quiet->account);
	KUNIT_EXPECT_PTR_NE(test, loud->account, other->account);
	KUNIT_EXPECT_PTR_NE(test, loud->place, quiet->place);
	KUNIT_EXPECT_EQ(test, take(loud, 100, &told), PLACE + ALL);
	KUNIT_EXPECT_EQ(test, take(quiet, 10, &told), PLACE);
	KUNIT_EXPECT_EQ(test, take(other, 10, &told), 10);
	/* Of what was held back each tells its own. */
	KUNIT_EXPECT_EQ(test, told, 0ULL);
	refill(quiet->place);
	KUNIT_EXPECT_EQ(test, take(quiet, 1, &told), 1);
	KUNIT_EXPECT_EQ(test, told, 10ULL - PLACE);
	/* But for one that has ended. */
	end(loud);
	KUNIT_EXPECT_EQ(test, take(quiet, 1, &told), 1);
	KUNIT_EXPECT_EQ(test, told, 10ULL - PLACE + 100 - PLACE - ALL);
	KUNIT_EXPECT_EQ(test, take(quiet, 1, &told), 1);
	KUNIT_EXPECT_EQ(test, told, 10ULL - PLACE + 100 - PLACE - ALL);
	end(quiet);
	end(other);
}

/* Containers without end, of one user: together they tell no more than so much. */
static void budget_one_after_the_other(struct kunit *test)
{
	struct nsg_budget *first = start(test, USER), *next;
	u64 told = 0;
	int i, granted;

	for (i = 0; i < NSG_PLACES; i++)
		refill(&first->account->place[i]);
	granted = take(first, 100, &told);
	for (i = 0; i < 10 * NSG_PLACES; i++) {
		next = kunit_kzalloc(test, sizeof(*next), GFP_KERNEL);
		KUNIT_ASSERT_NOT_NULL(test, next);
		nsg_budget_init(next);
		nsg_budget_open(next, USER);
		KUNIT_EXPECT_PTR_EQ(test, next->account, first->account);
		granted += take(next, 100, &told);
		nsg_budget_close(next);
		/* Every other has what is the first's now. */
		if (i == 5 * NSG_PLACES)
			nsg_budget_close(first);
	}
	KUNIT_EXPECT_EQ(test, granted, ALL + 2 * PLACE);
	first->account->since -= 1000 * HZ;
}

static void budget_places(struct kunit *test)
{
	struct nsg_budget *budget[NSG_PLACES + 2];
	u64 told = 0;
	int i, granted = 0;

	for (i = 0; i < ARRAY_SIZE(budget); i++) {
		budget[i] = start(test, USER);
		KUNIT_EXPECT_EQ(test, !!budget[i]->place, i < NSG_PLACES);
	}
	for (i = 0; i < ARRAY_SIZE(budget); i++)
		granted += take(budget[i], 100, &told);
	KUNIT_EXPECT_EQ(test, granted, ALL + NSG_PLACES * PLACE);
	/* A place is free again, and what was used of it is. */
	nsg_budget_close(budget[3]);
	budget[3] = kunit_kzalloc(test, sizeof(*budget[3]), GFP_KERNEL);
	KUNIT_ASSERT_NOT_NULL(test, budget[3]);
	nsg_budget_init(budget[3]);
	nsg_budget_open(budget[3], USER);
	KUNIT_EXPECT_NOT_NULL(test, budget[3]->place);
	KUNIT_EXPECT_EQ(test, take(budget[3], 1, &told), 0);
	for (i = 0; i < ARRAY_SIZE(budget); i++)
		end(budget[i]);
}

static void budget_accounts(struct kunit *test)
{
	struct nsg_budget *budget[NSG_ACCOUNTS], *more, *again;
	struct nsg_account *account;
	u64 told = 0;
	int i, j, same = 0;

	for (i = 0; i < ARRAY_SIZE(budget); i++) {
		budget[i] = start(test, USER + i);
		for (j = 0; j < i; j++)
			same += budget[i]->account == budget[j]->account;
	}
	KUNIT_EXPECT_EQ(test, same, 0);
	more = start(test, USER + i);
	again = start(test, USER + i + 1);
	KUNIT_EXPECT_PTR_EQ(test, more->account, again->account);
	end(again);

	/* Not at once: who comes back must find what was used, and what was held back. */
	account = budget[0]->account;
	KUNIT_EXPECT_EQ(test, take(budget[0], 100, &told), PLACE + ALL);
	nsg_budget_close(budget[0]);
	again = start(test, USER + i + 1);
	KUNIT_EXPECT_PTR_EQ(test, again->account, more->account);
	end(again);
	account->since -= 1000 * HZ;
	told = 0;
	again = start(test, USER + i + 1);
	KUNIT_EXPECT_PTR_EQ(test, again->account, account);
	KUNIT_EXPECT_EQ(test, take(again, 1, &told), 1);
	KUNIT_EXPECT_EQ(test, told, 0ULL);
	end(again);
	end(more);
	for (i = 1; i < ARRAY_SIZE(budget); i++)
		end(budget[i]);
}

static struct kunit_case budget_cases[] = {
	KUNIT_CASE(budget_of_root),
	KUNIT_CASE(budget_of_user),
	KUNIT_CASE(budget_one_after_the_other),
	KUNIT_CASE(budget_places),
	KUNIT_CASE(budget_accounts),
	{}
};

static struct kunit_suite budget_suite = {
	.name = "nsguard_budget",
	.test_cases = budget_cases,
};

kunit_test_suite(budget_suite);
