/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Errands: what waits for others for as long as they like, and can't be ended once it
 * has begun.  A worker does it, whom nobody has to wait for longer than he will.
 */
#ifndef _NSG_ERRAND_H
#define _NSG_ERRAND_H

#include <linux/completion.h>
#include <linux/workqueue.h>

/**
 * struct nsg_errand - something to be done by a worker
 * @work: runs @run
 * @run: does it: 0 or an error
 * @done: @run has returned
 * @err: what; handed over by @done
 * @under_way: it was begun, and nobody has seen it end; its caller's
 */
struct nsg_errand {
	struct work_struct work;
	int (*run)(void);
	struct completion done;
	int err;
	bool under_way;
};

void nsg_errand_work(struct work_struct *work);
int nsg_errand_run(struct nsg_errand *errand, unsigned long end);

#define NSG_ERRAND(name, fn)						\
	struct nsg_errand name = {					\
		.work = __WORK_INITIALIZER((name).work, nsg_errand_work), \
		.run = fn,						\
		.done = COMPLETION_INITIALIZER((name).done),		\
	}

#endif /* _NSG_ERRAND_H */
