// SPDX-License-Identifier: GPL-2.0
#include <linux/init.h>
#include <linux/spinlock.h>

#include "budget.h"

/**
 * struct limit - how many are told of
 * @period: in so many jiffies
 * @place: of one container that shares with others, whatever those do
 * @all: of a container that shares with none, or of all that share, beyond that
 */
struct limit {
	unsigned long period;
	unsigned int place;
	unsigned int all;
};

static const struct limit limits[NSG_TOLD_COUNT] = {
	[NSG_MESSAGE] = { HZ, 4, 32 },
	[NSG_LINE] = { 5 * HZ, 1, 10 },
};

/* As long as any period: then nothing is left of what was used. */
#define IDLE (5 * HZ)

/*
 * By the user's number and not by a hash of it, which another could meet.  The last is
 * for all those for whom there is none: that takes as many users with containers.
 */
static struct nsg_account accounts[NSG_ACCOUNTS + 1];
static DEFINE_SPINLOCK(accounts_lock);

static void allowance_init(struct nsg_allowance *allowance)
{
	int i;

	for (i = 0; i < NSG_TOLD_COUNT; i++)
		nsg_quota_init(&allowance->quota[i]);
}

/**
 * nsg_budgets_init - make the accounts
 *
 * Context: any, before any container.
 */
void __init nsg_budgets_init(void)
{
	struct nsg_account *account;
	int i;

	for (account = accounts; account < accounts + ARRAY_SIZE(accounts); account++) {
		for (i = 0; i < NSG_PLACES; i++)
			allowance_init(&account->place[i]);
		allowance_init(&account->shared);
	}
}

/**
 * nsg_budget_init - for a container that may start
 * @budget: its budget, zeroed
 *
 * Context: any.
 */
void nsg_budget_init(struct nsg_budget *budget)
{
	allowance_init(&budget->own);
}

static bool is_free(const struct nsg_account *account)
{
	return !account->user ||
	       (!account->containers &&
		time_after(jiffies, account->since + IDLE));
}

static struct nsg_account *find_account(uid_t user)
{
	struct nsg_account *account, *found = &accounts[NSG_ACCOUNTS];
	int i;

	lockdep_assert_held(&accounts_lock);
	for (account = accounts; account < &accounts[NSG_ACCOUNTS]; account++) {
		if (account->user == user)
			return account;
		if (is_free(account))
			found = account;
	}
	if (found == &accounts[NSG_ACCOUNTS])
		return found;
	found->user = user;
	for (i = 0; i < NSG_TOLD_COUNT; i++)
		atomic64_set(&found->untold[i], 0);
	return found;
}

/**
 * nsg_budget_open - a container starts
 * @budget: its budget
 * @user: who has made it, 0 for root, whose containers are a runtime's and share
 *	nothing
 *
 * Context: process context.
 */
void nsg_budget_open(struct nsg_budget *budget, uid_t user)
{
	struct nsg_account *account;
	unsigned int i;

	if (!user)
		return;
	spin_lock(&accounts_lock);
	account = find_account(user);
	account->containers++;
	i = find_first_zero_bit(account->taken, NSG_PLACES);
	if (i < NSG_PLACES) {
		__set_bit(i, account->taken);
		budget->place = &account->place[i];
	}
	spin_unlock(&accounts_lock);
	budget->account = account;
}

/**
 * nsg_budget_close - a container has ended, and with it whatever would be told of it
 * @budget: its budget
 *
 * Context: process context.
 */
void nsg_budget_close(struct nsg_budget *budget)
{
	struct nsg_account *account = budget->account;
	int i;

	if (!account)
		return;
	spin_lock(&accounts_lock);
	for (i = 0; i < NSG_TOLD_COUNT; i++)
		atomic64_add(atomic64_read(&budget->untold[i]), &account->untold[i]);
	if (budget->place)
		__clear_bit(budget->place - account->place, account->taken);
	account->containers--;
	account->since = jiffies;
	spin_unlock(&accounts_lock);
}

/**
 * nsg_budget_take - may one more be told of?
 * @budget: the container's
 * @told: how
 * @untold: filled, if so, with how many were held back since one was: of this
 *	container, and of its user's that have ended
 *
 * Context: any but NMI.
 */
bool nsg_budget_take(struct nsg_budget *budget, enum nsg_told told, u64 *untold)
{
	struct nsg_account *account = budget->account;
	struct nsg_allowance *all = account ? &account->shared : &budget->own;
	const struct limit *limit = &limits[told];

	if (!(budget->place && nsg_quota_take(&budget->place->quota[told],
					      limit->period, limit->place)) &&
	    !nsg_quota_take(&all->quota[told], limit->period, limit->all)) {
		atomic64_inc(&budget->untold[told]);
		return false;
	}
	*untold = atomic64_xchg(&budget->untold[told], 0);
	if (account)
		*untold += atomic64_xchg(&account->untold[told], 0);
	return true;
}

/**
 * nsg_budget_give_back - what was to be told has reached nobody
 * @budget: the container's
 * @told: how
 * @untold: from nsg_budget_take(): for the next one that is granted
 *
 * Context: any but NMI.
 */
void nsg_budget_give_back(struct nsg_budget *budget, enum nsg_told told, u64 untold)
{
	atomic64_add(untold, &budget->untold[told]);
}
