// SPDX-License-Identifier: GPL-2.0
/*
 * nsguard - refuse container escapes before they have an effect on the host
 */
#include <linux/jiffies.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/string.h>

#include "adopt.h"
#include "attach.h"
#include "config.h"
#include "door.h"
#include "event.h"
#include "grace.h"
#include "guards.h"
#include "hook_table.h"
#include "leave.h"
#include "lineage.h"
#include "listen.h"
#include "log.h"
#include "mark.h"
#include "mount.h"
#include "origin.h"
#include "record.h"
#include "root.h"
#include "sweep.h"
#include "work.h"

#define VERSION "0.1.0"

/* One loads or leaves at a time: hooks, records and the pin. */
static DEFINE_MUTEX(life_lock);

struct workqueue_struct *nsg_wq;

/* unprepare() has to follow.  Under life_lock, but in the module's exit function. */
static bool prepared;

static int retire(void)
{
	int err;

	lockdep_assert_held(&life_lock);
	err = nsg_config_may_leave();
	if (err || nsg_state() == NSGUARD_STATE_LEFT)
		return err;
	/* What has begun can only go on. */
	if (nsg_guarding())
		err = nsg_leave_begin();
	err = err ?: nsg_leave();
	if (err)
		return err;
	nsg_config_set_state(NSGUARD_STATE_LEFT);
	module_put(THIS_MODULE);
	nsg_notice("retired, no task is watched any more\n");
	return 0;
}

/*
 * Not whatever begins like a yes: a container may get a line into this file, by a link
 * to it in place of a log that a program of the host appends to.
 */
static int retire_set(const char *val, const struct kernel_param *kp)
{
	int err;

	if (sysfs_streq(val, "0"))
		return 0;
	if (!sysfs_streq(val, "1"))
		return -EINVAL;
	/*
	 * It may take a minute, in which the other files of the module have to be of use.
	 * What they set has a lock of its own (config.c), and the module is not removed
	 * before this file is: that waits for whoever writes to it.
	 */
	kernel_param_unlock(kp->mod);
	err = mutex_lock_interruptible(&life_lock);
	if (!err) {
		err = retire();
		mutex_unlock(&life_lock);
	}
	kernel_param_lock(kp->mod);
	return err;
}

static const struct kernel_param_ops retire_ops = { .set = retire_set };
module_param_cb(retire, &retire_ops, NULL, 0200);
MODULE_PARM_DESC(retire, "1 takes every hook off so that the module can be removed (refused once locked); where it fails see RETIRING in nsguard(7)");

/*
 * What needs memory and addresses, and nothing that others could notice.  To take a
 * hook off takes grace periods: while these do not end none is put on.
 */
static int __init prepare(void)
{
	int err;

	nsg_wq = alloc_ordered_workqueue("nsguard", WQ_MEM_RECLAIM);
	if (!nsg_wq)
		return -ENOMEM;
	err = nsg_mount_calibrate();
	if (err)
		goto out_wq;
	err = nsg_event_init();
	if (err)
		goto out_wq;
	err = nsg_lineage_init();
	if (err)
		goto out_event;
	err = nsg_origins_init();
	if (err)
		goto out_lineage;
	err = nsg_roots_init();
	if (err)
		goto out_origins;
	err = nsg_nsproxy_copy_init();
	if (err)
		goto out_roots;
	err = nsg_record_init();
	if (err)
		goto out_nsproxies;
	nsg_mark_init();
	err = nsg_wrappers_init();
	if (err)
		goto out_record;
	err = nsg_guards_init();
	if (err)
		goto out_wrappers;
	err = nsg_wait_tasks(jiffies + NSG_DEADLINE);
	if (err)
		goto out_guards;
	prepared = true;
	return 0;

out_guards:
	nsg_guards_exit();
out_wrappers:
	nsg_wrappers_exit();
out_record:
	nsg_record_exit();
out_nsproxies:
	nsg_nsproxy_copy_exit();
out_roots:
	nsg_roots_exit();
out_origins:
	nsg_origins_exit();
out_lineage:
	nsg_lineage_exit();
out_event:
	nsg_event_exit();
out_wq:
	destroy_workqueue(nsg_wq);
	return err;
}

static void unprepare(void)
{
	prepared = false;
	nsg_guards_exit();
	nsg_wrappers_exit();
	nsg_record_exit();
	nsg_nsproxy_copy_exit();
	nsg_roots_exit();
	/* The last records have given back their containers: end those first. */
	destroy_workqueue(nsg_wq);
	nsg_origins_exit();
	nsg_lineage_exit();
	nsg_event_exit();
}

/* Nothing is tracked before all hooks are live. */
static int __init start_guarding(void)
{
	int err;

	err = nsg_wrappers_register();
	if (err)
		return err;
	err = nsg_guards_register();
	if (err)
		return err;
	err = nsg_adopt_begin();
	if (err)
		return err;
	nsg_config_set_state(NSGUARD_STATE_GUARDING);
	err = nsg_adopt_all();
	if (err)
		return err;
	nsg_sweep_start();
	err = nsg_listen_start();
	if (err)
		return err;
	nsg_attach_allow();
	__module_get(THIS_MODULE);
	nsg_notice("version " VERSION ", mode %s\n",
		   nsg_mode_name(nsg_mode_configured()));
	return 0;
}

/* What start_guarding() has done as far as it came is undone, if that is possible. */
static int __init give_up(int err)
{
	nsg_err("can't load (%d)\n", err);
	/* Who is behind the door, or would come there, may keep the module here. */
	nsg_door_close(jiffies + NSG_DOOR_DEADLINE);
	nsg_config_set_state(NSGUARD_STATE_LEAVING);
	if (!nsg_leave()) {
		/* For who waits to write to retire. */
		nsg_config_set_state(NSGUARD_STATE_LEFT);
		unprepare();
		return err;
	}
	/* Its text has to stay, so the module does, for retire to try again. */
	__module_get(THIS_MODULE);
	return 0;
}

/* Nothing is left to undo; who holds it must not find it gone. */
static int __init go_or_stay(int err)
{
	if (nsg_attach_is_over()) {
		nsg_attach_exit();
		return err;
	}
	nsg_err("can't load (%d), and others hold the module: it stays, and guards nothing\n",
		err);
	nsg_config_set_state(NSGUARD_STATE_LEFT);
	return 0;
}

static int __init nsguard_init(void)
{
	int err;

	mutex_lock(&life_lock);
	nsg_attach_init();
	err = prepare();
	if (err) {
		nsg_err("can't load (%d)\n", err);
	} else {
		err = start_guarding();
		if (err)
			err = give_up(err);
	}
	if (err)
		err = go_or_stay(err);
	mutex_unlock(&life_lock);
	return err;
}

static void __exit nsguard_exit(void)
{
	nsg_attach_exit();
	nsg_listen_stop();
	if (prepared)
		unprepare();
}

module_init(nsguard_init);
module_exit(nsguard_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Refuses container escapes before they have an effect on the host");
MODULE_AUTHOR("The nsguard developers");
MODULE_VERSION(VERSION);
