// SPDX-License-Identifier: GPL-2.0
/*
 * What is to be logged from any context.  A violation may be met with a run queue's
 * lock held, which writing to a console may take again.  So a worker does (work.h).
 */
#include <linux/bitops.h>
#include <linux/irq_work.h>
#include <linux/preempt.h>

#include "config.h"
#include "log.h"
#include "work.h"

static void say(struct work_struct *work);
static void wake_worker(struct irq_work *work);

static unsigned long to_say; /* bits: enum nsg_saying */
static DECLARE_WORK(say_work, say);
static DEFINE_IRQ_WORK(wake_work, wake_worker);

static void say(struct work_struct *work)
{
	if (test_and_clear_bit(NSG_SAY_STORM, &to_say))
		nsg_err("violations in %u containers within 10 s: for a minute they are refused and nobody is killed\n",
			READ_ONCE(nsg_config.storm));
	if (test_and_clear_bit(NSG_SAY_OVERRIDDEN, &to_say))
		nsg_err_ratelimited("commit_creds() under an overridden credential is refused: it would have been a BUG\n");
}

/* In an interrupt: queueing wakes the worker, which takes a run queue's lock. */
static void wake_worker(struct irq_work *work)
{
	queue_work(nsg_wq, &say_work);
}

/**
 * nsg_log_later - have something logged soon
 * @saying: what; once, however often it is asked for meanwhile
 *
 * Context: any.
 */
void nsg_log_later(enum nsg_saying saying)
{
	set_bit(saying, &to_say);
	/* Others who ask meanwhile rely on this one, which may hardly ever run. */
	preempt_disable();
	irq_work_queue(&wake_work);
	preempt_enable();
}

/**
 * nsg_log_flush - wait until what is to be logged has been
 *
 * Context: process context, may sleep.
 */
void nsg_log_flush(void)
{
	irq_work_sync(&wake_work);
	flush_work(&say_work);
}
