// SPDX-License-Identifier: GPL-2.0
/*
 * nsguard - refuse container escapes before they have an effect on the host
 */
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>

#include "adopt.h"
#include "check.h"
#include "config.h"
#include "event.h"
#include "guards.h"
#include "hook_table.h"
#include "log.h"
#include "mount.h"
#include "netlink.h"
#include "record.h"
#include "sweep.h"

#define VERSION "0.1.0"

static DEFINE_MUTEX(retire_lock);
/* Under retire_lock; hooks are in place and the module is pinned. */
static bool standing;

/*
 * Leaving is an operation that can fail, not module_exit(), which can't: if
 * ftrace has shut down in disorder the hooks stay and so must their text.
 */
static int retire(void)
{
	int err;

	/*
	 * Hooks go one by one, and what a transition that is no longer followed
	 * leaves behind would be a violation to those that still stand.
	 */
	nsg_set_mode(NSGUARD_MODE_OFF);
	nsg_sweep_stop();
	atomic_inc(&nsg_rearming);
	nsg_marks_off();
	err = nsg_guards_unregister();
	if (!err)
		err = nsg_hooks_unregister(nsg_wrappers, nsg_wrappers_count);
	if (err) {
		nsg_err("can't leave (%d): the module stays, in mode off\n", err);
		return err;
	}
	nsg_hooks_drain();
	nsg_record_release_all();
	standing = false;
	module_put(THIS_MODULE);
	nsg_notice("retired, no task is watched any more\n");
	return 0;
}

static int retire_set(const char *val, const struct kernel_param *kp)
{
	bool yes;
	int err = kstrtobool(val, &yes);

	if (err || !yes)
		return err;
	mutex_lock(&retire_lock);
	if (!standing)
		err = -ENOENT;
	else if (READ_ONCE(nsg_config.locked))
		err = -EPERM;
	else
		err = retire();
	mutex_unlock(&retire_lock);
	return err;
}

static const struct kernel_param_ops retire_ops = { .set = retire_set };
module_param_cb(retire, &retire_ops, NULL, 0200);
MODULE_PARM_DESC(retire, "1 takes every hook off so that the module can be removed (refused once locked)");

static int __init nsguard_init(void)
{
	int err, stuck = 0;

	mutex_lock(&retire_lock);
	err = nsg_mount_calibrate();
	if (err)
		goto out;
	err = nsg_event_init();
	if (err)
		goto out;
	err = nsg_record_init();
	if (err)
		goto out;
	err = nsg_hooks_init(nsg_wrappers, nsg_wrappers_count);
	if (err)
		goto out_record;
	err = nsg_guards_init();
	if (err)
		goto out_hooks;
	err = nsg_netlink_init();
	if (err)
		goto out_guards;
	err = nsg_hooks_register(nsg_wrappers, nsg_wrappers_count);
	if (err)
		goto out_netlink;
	err = nsg_guards_register();
	if (err)
		goto out_unhook;
	err = nsg_adopt_all();
	if (err)
		goto out_unguard;
	nsg_sweep_start();
	__module_get(THIS_MODULE);
	standing = true;
	nsg_notice("version " VERSION ", mode %s\n", nsg_mode_name(nsg_mode()));
	goto out;

out_unguard:
	nsg_set_mode(NSGUARD_MODE_OFF);
	atomic_inc(&nsg_rearming);
	nsg_marks_off();
	stuck = nsg_guards_unregister();
out_unhook:
	nsg_set_mode(NSGUARD_MODE_OFF);
	if (stuck || nsg_hooks_unregister(nsg_wrappers, nsg_wrappers_count)) {
		/* Their text has to stay, so the module does, and says so. */
		__module_get(THIS_MODULE);
		nsg_err("half loaded: restart the machine\n");
		err = 0;
		goto out;
	}
	nsg_hooks_drain();
	nsg_record_release_all();
out_netlink:
	nsg_netlink_exit();
out_guards:
	nsg_guards_exit();
out_hooks:
	nsg_hooks_exit(nsg_wrappers, nsg_wrappers_count);
out_record:
	nsg_record_exit();
out:
	mutex_unlock(&retire_lock);
	return err;
}

static void __exit nsguard_exit(void)
{
	nsg_netlink_exit();
	nsg_guards_exit();
	nsg_hooks_exit(nsg_wrappers, nsg_wrappers_count);
	nsg_record_exit();
}

module_init(nsguard_init);
module_exit(nsguard_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Refuses container escapes before they have an effect on the host");
MODULE_AUTHOR("The nsguard developers");
MODULE_VERSION(VERSION);
