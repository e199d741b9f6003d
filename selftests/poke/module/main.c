// SPDX-License-Identifier: GPL-2.0
/*
 * nsguard_poke - WARNING: a deliberately vulnerable module
 *
 * It lets every user of the machine overwrite the kernel's memory.  It exists to
 * test a guard with, in virtual machines that are thrown away afterwards.  It is
 * never installed and refuses to load without i_am_a_throwaway_guest=1.
 *
 * It knows nothing of what it overwrites: no header of a structure, no lock, no
 * reference, only the numbers that it is handed.
 */
#include <linux/completion.h>
#include <linux/fs.h>
#include <linux/hrtimer.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/pid.h>
#include <linux/pid_namespace.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/uaccess.h>
#include <linux/workqueue.h>

#include "poke.h"

static bool i_am_a_throwaway_guest;
module_param(i_am_a_throwaway_guest, bool, 0400);
MODULE_PARM_DESC(i_am_a_throwaway_guest,
		 "this machine may be broken into and will be thrown away");

/**
 * struct job - a store under way
 * @poke: what was asked for
 * @mine: the caller, who waits for the end of it
 * @timer: POKE_HARDIRQ
 * @work: POKE_WORKER
 * @done: it has been stored, or failed
 * @err: which of the two
 */
struct job {
	struct poke poke;
	void *mine;
	struct hrtimer timer;
	struct work_struct work;
	struct completion done;
	int err;
};

static struct workqueue_struct *workers;

/* Under RCU, which keeps the first process's. */
static char *place(const struct job *job, const struct poke_place *at)
{
	char *address = job->mine;
	u32 i;

	if (at->whose == POKE_FIRST)
		address = (char *)pid_task(find_pid_ns(1, &init_pid_ns),
					   PIDTYPE_PID);
	for (i = 0; address && i + 1 < at->steps; i++)
		if (copy_from_kernel_nofault(&address, address + at->offset[i],
					     sizeof(address)))
			return NULL;
	return address ? address + at->offset[i] : NULL;
}

static int store(struct job *job)
{
	struct poke *poke = &job->poke;
	u32 *to, *source, i;
	int err = 0;

	rcu_read_lock();
	to = (u32 *)place(job, &poke->to);
	source = poke->how == POKE_COPY ?
		 (u32 *)place(job, &poke->source) : (u32 *)poke->bytes;
	if (!to || !source ||
	    copy_from_kernel_nofault(poke->was, to, poke->size))
		err = -EFAULT;
	for (i = 0; !err && i < poke->size / 4; i++)
		WRITE_ONCE(to[i], poke->how == POKE_CLEAR ?
			   to[i] & ~source[i] : source[i]);
	rcu_read_unlock();
	return err;
}

static void finish(struct job *job)
{
	job->err = store(job);
	complete(&job->done);
}

static enum hrtimer_restart timer_stores(struct hrtimer *timer)
{
	finish(container_of(timer, struct job, timer));
	return HRTIMER_NORESTART;
}

static void worker_stores(struct work_struct *work)
{
	finish(container_of(work, struct job, work));
}

static void ipi_stores(void *job)
{
	finish(job);
}

static void start(struct job *job)
{
	switch (job->poke.from) {
	case POKE_HARDIRQ:
		hrtimer_init(&job->timer, CLOCK_MONOTONIC,
			     HRTIMER_MODE_REL_HARD);
		job->timer.function = timer_stores;
		hrtimer_start(&job->timer, ms_to_ktime(2),
			      HRTIMER_MODE_REL_HARD);
		break;
	case POKE_WORKER:
		INIT_WORK(&job->work, worker_stores);
		queue_work(workers, &job->work);
		break;
	default:
		if (smp_call_function_single(job->poke.cpu, ipi_stores, job, 0))
			finish(job);
	}
}

static bool valid(const struct poke *poke)
{
	return poke->from < POKE_NR_FROM && poke->how < POKE_NR_HOW &&
	       poke->size && poke->size <= POKE_MAX_SIZE && !(poke->size % 4) &&
	       poke->to.steps && poke->to.steps <= POKE_MAX_STEPS &&
	       poke->source.steps <= POKE_MAX_STEPS &&
	       (poke->how != POKE_COPY || poke->source.steps) &&
	       poke->cpu < nr_cpu_ids && cpu_online(poke->cpu);
}

static long poke_ioctl(struct file *file, unsigned int cmd, unsigned long arg)
{
	void __user *user = (void __user *)arg;
	struct job *job;
	long err;

	if (cmd != POKE_IOC_STORE)
		return -ENOTTY;
	job = kzalloc(sizeof(*job), GFP_KERNEL);
	if (!job)
		return -ENOMEM;
	err = -EFAULT;
	if (copy_from_user(&job->poke, user, sizeof(job->poke)))
		goto out;
	err = -EINVAL;
	if (!valid(&job->poke))
		goto out;
	job->mine = current;
	init_completion(&job->done);
	start(job);
	wait_for_completion(&job->done);
	if (job->poke.from == POKE_HARDIRQ)
		hrtimer_cancel(&job->timer);
	else if (job->poke.from == POKE_WORKER)
		flush_work(&job->work);
	err = job->err;
	if (!err && copy_to_user(user, &job->poke, sizeof(job->poke)))
		err = -EFAULT;
out:
	kfree(job);
	return err;
}

static const struct file_operations poke_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = poke_ioctl,
};

static struct miscdevice poke_device = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = POKE_DEVICE,
	.fops = &poke_fops,
	.mode = 0666,
};

static int __init poke_init(void)
{
	int err;

	if (!i_am_a_throwaway_guest) {
		pr_err("nsguard_poke: opens this machine to every user; for throw-away guests only, which say so with i_am_a_throwaway_guest=1\n");
		return -EPERM;
	}
	workers = alloc_workqueue("nsguard_poke", WQ_UNBOUND, 0);
	if (!workers)
		return -ENOMEM;
	err = misc_register(&poke_device);
	if (err)
		destroy_workqueue(workers);
	return err;
}

static void __exit poke_exit(void)
{
	misc_deregister(&poke_device);
	destroy_workqueue(workers);
}

module_init(poke_init);
module_exit(poke_exit);

MODULE_DESCRIPTION("deliberately vulnerable module, for tests in throw-away guests");
MODULE_LICENSE("GPL");
