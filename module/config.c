// SPDX-License-Identifier: GPL-2.0
#include <linux/capability.h>
#include <linux/module.h>
#include <linux/moduleparam.h>
#include <linux/mutex.h>
#include <linux/string.h>
#include <linux/sysfs.h>

#include "adopt.h"
#include "config.h"
#include "listen.h"
#include "record.h"
#include "storm.h"

/*
 * Guards all of nsg_config, so that no mode is set while the module leaves, and
 * changes are told of in their order.
 */
static DEFINE_MUTEX(config_lock);

struct nsg_config nsg_config = {
	.state = NSGUARD_STATE_LOADING,
	.mode = NSGUARD_MODE_ENFORCE,
	.layers = NSGUARD_LAYER_ALL,
	.sweep_ms = 2000,
	.storm = 5,
};

static const char *const mode_names[] = {
	[NSGUARD_MODE_OFF] = "off",
	[NSGUARD_MODE_AUDIT] = "audit",
	[NSGUARD_MODE_ENFORCE] = "enforce",
};

static const char *const state_names[] = {
	[NSGUARD_STATE_LOADING] = "loading",
	[NSGUARD_STATE_GUARDING] = "guarding",
	[NSGUARD_STATE_LEAVING] = "leaving",
	[NSGUARD_STATE_LEFT] = "left",
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

/**
 * nsg_state_name - a state as users read it
 * @state: the state
 *
 * Context: any.
 */
const char *nsg_state_name(enum nsguard_state state)
{
	return state < ARRAY_SIZE(state_names) ? state_names[state] : "unknown";
}

static void tell(const char *name, const char *old, const char *new)
{
	const struct nsg_config_change change = {
		.name = name,
		.old = old,
		.new = new,
	};

	lockdep_assert_held(&config_lock);
	nsg_listen_tell(&change);
}

static void tell_number(const char *name, const char *format, unsigned int old,
			unsigned int new)
{
	char was[16], is[16];

	snprintf(was, sizeof(was), format, old);
	snprintf(is, sizeof(is), format, new);
	tell(name, was, is);
}

/*
 * What the module is loaded with has been read: its files of sysfs are there from then
 * on, which is before its init function is called.
 */
static bool is_read(void)
{
	return READ_ONCE(THIS_MODULE->mkobj.mp);
}

/* In what the module is loaded with, "locked" may come before a weaker mode. */
static bool is_locked(void)
{
	lockdep_assert_held(&config_lock);
	return nsg_config.locked && is_read();
}

/*
 * A container's root may have a sysfs that it can write to, and while containers are
 * being looked for it is not known to be one's.  The file's mode asks for a user
 * alone, where netlink asks for a capability.
 */
static int may_change(void)
{
	if (!is_read())
		return 0;
	if (nsg_state() == NSGUARD_STATE_LOADING || nsg_adopt_goes_on())
		return -EBUSY;
	if (nsg_guarding() && nsg_record_of(current))
		return -EPERM;
	return capable(CAP_SYS_ADMIN) ? 0 : -EPERM;
}

/**
 * nsg_config_begin - begin to change something
 *
 * For every change that a user asks for: it can't be mixed with the module's
 * leaving.
 *
 * Context: process context, may sleep.
 * Return: 0 with config_lock held, until nsg_config_end(); -EPERM from inside a
 *	container, or without CAP_SYS_ADMIN; -EBUSY while the module loads;
 *	-ESHUTDOWN if it is leaving or has left.
 */
int nsg_config_begin(void)
{
	int err = may_change();

	if (err)
		return err;
	mutex_lock(&config_lock);
	if (nsg_config.state < NSGUARD_STATE_LEAVING)
		return 0;
	mutex_unlock(&config_lock);
	return -ESHUTDOWN;
}

/**
 * nsg_config_end - end what nsg_config_begin() began
 *
 * Context: process context; config_lock is held.
 */
void nsg_config_end(void)
{
	mutex_unlock(&config_lock);
}

static void update_active(void)
{
	WRITE_ONCE(nsg_config.active, nsg_mode() == NSGUARD_MODE_OFF ?
				      0 : nsg_config.layers);
}

static void change_state(enum nsguard_state state)
{
	enum nsguard_state old = nsg_config.state;

	lockdep_assert_held(&config_lock);
	if (state == old)
		return;
	WRITE_ONCE(nsg_config.state, state);
	update_active();
	tell("state", nsg_state_name(old), nsg_state_name(state));
}

/**
 * nsg_config_set_state - say where the module is in its life
 * @state: the new state
 *
 * Context: process context, may sleep.
 */
void nsg_config_set_state(enum nsguard_state state)
{
	mutex_lock(&config_lock);
	change_state(state);
	mutex_unlock(&config_lock);
}

static int check_leave(void)
{
	lockdep_assert_held(&config_lock);
	/* As a parameter of the load */
	if (nsg_config.state == NSGUARD_STATE_LOADING)
		return -EINVAL;
	return nsg_config.locked && nsg_guarding() ? -EPERM : 0;
}

/**
 * nsg_config_may_leave - may current retire the module?
 *
 * Context: process context, may sleep.
 * Return: 0, also if it has left already; -EPERM if the configuration is locked, from
 *	inside a container, or without CAP_SYS_ADMIN; -EBUSY while the module loads;
 *	-EINVAL if it is loaded with that.
 */
int nsg_config_may_leave(void)
{
	int err = may_change();

	if (err)
		return err;
	mutex_lock(&config_lock);
	err = check_leave();
	mutex_unlock(&config_lock);
	return err;
}

/**
 * nsg_config_leave - begin to leave, or try again
 *
 * From here on nothing is judged and nothing can be changed.
 *
 * Context: process context, may sleep.
 * Return: see nsg_config_may_leave(), which has been asked.
 */
int nsg_config_leave(void)
{
	int err;

	mutex_lock(&config_lock);
	err = check_leave();
	if (!err)
		change_state(NSGUARD_STATE_LEAVING);
	mutex_unlock(&config_lock);
	return err;
}

static int state_set(const char *val, const struct kernel_param *kp)
{
	return -EPERM;
}

static int state_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", nsg_state_name(nsg_state()));
}

static const struct kernel_param_ops state_ops = {
	.set = state_set,
	.get = state_get,
};
/* Not for everybody: who reads it holds the lock that the other files are set under. */
module_param_cb(state, &state_ops, NULL, 0400);
MODULE_PARM_DESC(state, "where the module is in its life: loading, guarding, leaving or left (read-only)");

/**
 * nsg_set_mode - change the mode
 * @mode: the new mode
 *
 * Context: process context, may sleep.
 * Return: 0; -EINVAL if there is no such mode; -EPERM if the configuration is
 *	locked and @mode is weaker than the present one; -ESHUTDOWN if the module
 *	is leaving or has left.
 */
int nsg_set_mode(enum nsguard_mode mode)
{
	enum nsguard_mode old;
	int err;

	if (mode >= ARRAY_SIZE(mode_names))
		return -EINVAL;
	err = nsg_config_begin();
	if (err)
		return err;
	old = nsg_config.mode;
	if (is_locked() && mode < old) {
		err = -EPERM;
	} else if (mode != old) {
		WRITE_ONCE(nsg_config.mode, mode);
		update_active();
		tell("mode", mode_names[old], mode_names[mode]);
	}
	nsg_config_end();
	return err;
}

static int mode_set(const char *val, const struct kernel_param *kp)
{
	int mode = sysfs_match_string(mode_names, val);

	return mode < 0 ? mode : nsg_set_mode(mode);
}

static int mode_get(char *buf, const struct kernel_param *kp)
{
	return sysfs_emit(buf, "%s\n", nsg_mode_name(nsg_mode_configured()));
}

static const struct kernel_param_ops mode_ops = {
	.set = mode_set,
	.get = mode_get,
};
module_param_cb(mode, &mode_ops, NULL, 0600);
MODULE_PARM_DESC(mode, "off, audit or enforce (default enforce)");

static int layers_set(const char *val, const struct kernel_param *kp)
{
	u32 layers, old;
	int err = kstrtou32(val, 0, &layers);

	if (err)
		return err;
	if (layers & ~NSGUARD_LAYER_ALL)
		return -EINVAL;
	err = nsg_config_begin();
	if (err)
		return err;
	old = nsg_config.layers;
	if (is_locked()) {
		err = -EPERM;
	} else if (layers != old) {
		WRITE_ONCE(nsg_config.layers, layers);
		update_active();
		tell_number("layers", "0x%x", old, layers);
	}
	nsg_config_end();
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

/* No and yes in turn; kstrtobool() would take all that begins so. */
static const char *const switch_words[] = {
	"0", "1", "n", "y", "N", "Y", "no", "yes", "off", "on", "false", "true",
};

static int locked_set(const char *val, const struct kernel_param *kp)
{
	int word = sysfs_match_string(switch_words, val), err;
	bool locked = word & 1, old;

	if (word < 0)
		return word;
	err = nsg_config_begin();
	if (err)
		return err;
	old = nsg_config.locked;
	if (is_locked() && !locked) {
		err = -EPERM;
	} else if (locked != old) {
		WRITE_ONCE(nsg_config.locked, locked);
		tell("locked", old ? "yes" : "no", locked ? "yes" : "no");
	}
	nsg_config_end();
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
MODULE_PARM_DESC(locked, "1 refuses layers, any weakening of mode, sweep_ms and storm, and retire, until the module is loaded again");

/*
 * The two numbers, each with a range and a way that is the weaker one.  Locked,
 * the sweep can't be made rarer, and a storm not easier to bring about: that
 * spares whoever should die.
 */
static bool sweep_ms_weaker(unsigned int old, unsigned int new)
{
	return new > old;
}

static bool storm_weaker(unsigned int old, unsigned int new)
{
	return new && (!old || new < old);
}

static int number_set(const char *val, const struct kernel_param *kp,
		      unsigned int min, unsigned int max,
		      bool (*weaker)(unsigned int old, unsigned int new))
{
	unsigned int *number = kp->arg, new, old;
	int err = kstrtouint(val, 0, &new);

	if (err)
		return err;
	if (new < min || new > max)
		return -ERANGE;
	err = nsg_config_begin();
	if (err)
		return err;
	old = *number;
	if (is_locked() && weaker(old, new)) {
		err = -EPERM;
	} else if (new != old) {
		WRITE_ONCE(*number, new);
		tell_number(kp->name, "%u", old, new);
	}
	nsg_config_end();
	return err;
}

static int sweep_ms_set(const char *val, const struct kernel_param *kp)
{
	return number_set(val, kp, 100, 60000, sweep_ms_weaker);
}

static const struct kernel_param_ops sweep_ms_ops = {
	.set = sweep_ms_set,
	.get = param_get_uint,
};
module_param_cb(sweep_ms, &sweep_ms_ops, &nsg_config.sweep_ms, 0600);
MODULE_PARM_DESC(sweep_ms, "period of the sweep in milliseconds, 100 to 60000 (default 2000)");

static int storm_set(const char *val, const struct kernel_param *kp)
{
	return number_set(val, kp, 0, NSG_STORM_MAX, storm_weaker);
}

static const struct kernel_param_ops storm_ops = {
	.set = storm_set,
	.get = param_get_uint,
};
module_param_cb(storm, &storm_ops, &nsg_config.storm, 0600);
MODULE_PARM_DESC(storm, "kills in so many unrelated containers within 10 s suspend killing, not refusing, for a minute; 0: never, at most 16 (default 5)");
