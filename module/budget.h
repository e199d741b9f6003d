/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Budget: how much is reported of one container, so that it can't drown the others.
 *
 *	root's container	its own allowance
 *	a user's		its place, a small one, while there are any; then
 *				what all of that user's share
 *
 * Any user makes containers without end, in user namespaces; so what they are told of
 * by is the user's, the places among it, and goes from one container to the next.
 */
#ifndef _NSG_BUDGET_H
#define _NSG_BUDGET_H

#include <linux/atomic.h>
#include <linux/bitmap.h>
#include <linux/types.h>

#include "quota.h"

/* Users of whom each has an account, and a user's containers of which each has a place. */
#define NSG_ACCOUNTS	64
#define NSG_PLACES	16

/* How an incident is told of: to netlink's listeners, and in the log. */
enum nsg_told {
	NSG_MESSAGE,
	NSG_LINE,
	NSG_TOLD_COUNT
};

/**
 * struct nsg_allowance - how much is told
 * @quota: of each kind
 */
struct nsg_allowance {
	struct nsg_quota quota[NSG_TOLD_COUNT];
};

/**
 * struct nsg_account - one user's
 * @user: whose, 0 if nobody's yet
 * @containers: that live
 * @since: jiffies when the last of those ended
 * @taken: which of @place
 * @place: each is one container's while that lives
 * @shared: of all containers
 * @untold: held back of those that have ended
 *
 * @user to @taken under budget.c's lock.
 */
struct nsg_account {
	uid_t user;
	unsigned int containers;
	unsigned long since;
	DECLARE_BITMAP(taken, NSG_PLACES);
	struct nsg_allowance place[NSG_PLACES];
	struct nsg_allowance shared;
	atomic64_t untold[NSG_TOLD_COUNT];
};

/**
 * struct nsg_budget - one container's
 * @account: its user's; NULL for root's
 * @place: of @account, or NULL
 * @own: of a container of root's
 * @untold: held back since one was told
 *
 * @account and @place are immutable once others see the container.
 */
struct nsg_budget {
	struct nsg_account *account;
	struct nsg_allowance *place;
	struct nsg_allowance own;
	atomic64_t untold[NSG_TOLD_COUNT];
};

void nsg_budgets_init(void);
void nsg_budget_init(struct nsg_budget *budget);
void nsg_budget_open(struct nsg_budget *budget, uid_t user);
void nsg_budget_close(struct nsg_budget *budget);
bool nsg_budget_take(struct nsg_budget *budget, enum nsg_told told, u64 *untold);
void nsg_budget_give_back(struct nsg_budget *budget, enum nsg_told told, u64 untold);

#endif /* _NSG_BUDGET_H */
