// SPDX-License-Identifier: GPL-2.0
#include <linux/jiffies.h>

#include "errand.h"

void nsg_errand_work(struct work_struct *work)
{
	struct nsg_errand *errand = container_of(work, struct nsg_errand, work);

	errand->err = errand->run();
	complete(&errand->done);
}

/**
 * nsg_errand_run - have it done, or wait on for the one that is under way
 * @errand: the errand
 * @end: jiffies at which to give up
 *
 * What was given up goes on, so the module's text has to stay until a later call has
 * seen it end.
 *
 * Context: process context, may sleep; one at a time.
 * Return: what it has returned; -EBUSY, -EINTR: it is under way.
 */
int nsg_errand_run(struct nsg_errand *errand, unsigned long end)
{
	long left = max_t(long, end - jiffies, 1);

	if (!errand->under_way) {
		reinit_completion(&errand->done);
		errand->under_way = queue_work(system_unbound_wq, &errand->work);
	}
	left = wait_for_completion_killable_timeout(&errand->done, left);
	if (left <= 0)
		return left ? -EINTR : -EBUSY;
	/* What is left of the worker's way out of the module's text. */
	flush_work(&errand->work);
	errand->under_way = false;
	return errand->err;
}
