// SPDX-License-Identifier: GPL-2.0
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "config.h"
#include "log.h"
#include "storm.h"

static DEFINE_MUTEX(config_lock);

struct nsg_config nsg_config = {
	.mode = NSGUARD_MODE_ENFORCE,
	.layers = NSGUARD_LAYER_ALL,
	.sweep_ms = 2000,
	.storm = 5,
	.active = NSGUARD_LAYER_ALL,
};

static const char *const mode_names[] = {
	[NSGUARD_MODE_OFF] = "off",
	[NSGUARD_MODE_AUDIT] = "audit",
	[NSGUARD_MODE_ENFORCE] = "enforce",
};

/**
 * nsg_mode_name - a mode as users write it
 * @mode: the mode
 *
 * Context: any.
 */
const char *nsg_mode_name(enum nsguard_mode mode)
{
	return mode < ARRAY_SIZE(mode_names) ? mode_names[mode] : "unknown";
}

static void update_active(void)
{
	WRITE_ONCE(nsg_config.active, nsg_config.mode == NSGUARD_MODE_OFF ?
				      0 : nsg_config.layers);
}

/**
 * nsg_set_mode - change the mode
 * @mode: the new mode
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL if there is no such mode; -EPERM if the configuration is
 *	locked and @mode is weaker than the present one.
 */
int nsg_set_mode(enum nsguard_mode mode)
{
	int err = 0;

	if (mode >= ARRAY_SIZE(mode_names))
		return -EINVAL;
	mutex_lock(&config_lock);
	if (nsg_config.locked && mode < nsg_config.mode) {
		err = -EPERM;
	} else if (mode != nsg_config.mode) {
		nsg_info("mode %s -> %s\n", mode_names[nsg_config.mode],
			 mode_names[mode]);
		WRITE_ONCE(nsg_config.mode, mode);
		update_active();
	}
	mutex_unlock(&config_lock);
	return err;
}

static int mode_set(const char *val, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(mode_names, val);

	return mode < 0 ? mode : nsg_set_mode(mode);
}

static int mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", nsg_mode_name(nsg_mode()));
}

static const struct kernel_param_ops mode_ops = {
	.set = mode_set,
	.get = mode_get,
};
module_param_cb(mode, &mode_ops, NULL, 0600);
MODULE_PARM_DESC(mode, "off, audit or enforce (default enforce)");

static int layers_set(const char *val, const struct kernel_param *kp)
{
	u32 layers;
	int err = kstrtou32(val, 0, &layers);

	if (err)
		return err;
	if (layers & ~NSGUARD_LAYER_ALL)
		return -EINVAL;
	mutex_lock(&config_lock);
	if (nsg_config.locked) {
		err = -EPERM;
	} else {
		nsg_info("layers 0x%x -> 0x%x\n", nsg_config.layers, layers);
		WRITE_ONCE(nsg_config.layers, layers);
		update_active();
	}
	mutex_unlock(&config_lock);
	return err;
}

static int layers_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "0x%x\n", READ_ONCE(nsg_config.layers));
}

static const struct kernel_param_ops layers_ops = {
	.set = layers_set,
	.get = layers_get,
};
module_param_cb(layers, &layers_ops, NULL, 0600);
MODULE_PARM_DESC(layers, "layers that check, for tests only: gate 1, use 2, sweep 4, transition 8 (default all; refused once locked)");

static int locked_set(const char *val, const struct kernel_param *kp)
{
	bool locked;
	int err = kstrtobool(val, &locked);

	if (err)
		return err;
	mutex_lock(&config_lock);
	if (locked)
		WRITE_ONCE(nsg_config.locked, true);
	else if (nsg_config.locked)
		err = -EPERM;
	mutex_unlock(&config_lock);
	return err;
}

static int locked_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%c\n",
			  READ_ONCE(nsg_config.locked) ? 'Y' : 'N');
}

static const struct kernel_param_ops locked_ops = {
	.set = locked_set,
	.get = locked_get,
};
module_param_cb(locked, &locked_ops, NULL, 0600);
MODULE_PARM_DESC(locked, "1 locks layers and any weakening of the mode until the module is loaded again");

static int sweep_ms_set(const char *val, const struct kernel_param *kp)
{
	unsigned int ms;
	int err = kstrtouint(val, 0, &ms);

	if (err)
		return err;
	if (ms < 100 || ms > 60000)
		return -ERANGE;
	WRITE_ONCE(nsg_config.sweep_ms, ms);
	return 0;
}

static const struct kernel_param_ops sweep_ms_ops = {
	.set = sweep_ms_set,
	.get = param_get_uint,
};
module_param_cb(sweep_ms, &sweep_ms_ops, &nsg_config.sweep_ms, 0600);
MODULE_PARM_DESC(sweep_ms, "period of the sweep in milliseconds, 100 to 60000 (default 2000)");

/* Locked, it can't be made easier to reach: that spares whoever should die. */
static int storm_set(const char *val, const struct kernel_param *kp)
{
	unsigned int limit, old;
	int err = kstrtouint(val, 0, &limit);

	if (err)
		return err;
	if (limit > NSG_STORM_MAX)
		return -ERANGE;
	mutex_lock(&config_lock);
	old = nsg_config.storm;
	if (nsg_config.locked && limit && (!old || limit < old))
		err = -EPERM;
	else
		WRITE_ONCE(nsg_config.storm, limit);
	mutex_unlock(&config_lock);
	return err;
}

static const struct kernel_param_ops storm_ops = {
	.set = storm_set,
	.get = param_get_uint,
};
module_param_cb(storm, &storm_ops, &nsg_config.storm, 0600);
MODULE_PARM_DESC(storm, "kills in so many unrelated containers within 10 s suspend killing, not refusing, for a minute; 0: never, at most 16 (default 5)");
