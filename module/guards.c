// SPDX-License-Identifier: GPL-2.0
#include "compat/compat.h"
#include "gate.h"
#include "guards.h"
#include "hooks.h"
#include "log.h"
#include "use.h"

/* One registration serves all points of use that share a stub. */
static struct ftrace_ops gate_ops, use_ops, visit_ops;

static const struct {
	struct ftrace_ops *ops;
	void (*stub)(void);
	bool visit;
} registrations[] = {
	{ &use_ops, nsg_use_guard, false },
	{ &visit_ops, nsg_visit_guard, true },
};

/* The gate, and all points of use. */
static struct nsg_hook *guarded[1 + NSG_USES_MAX];

/**
 * nsg_guards_init - find the functions that guards stand before
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT, -ENOMEM.
 */
int __init nsg_guards_init(void)
{
	unsigned int i;
	int err;

	guarded[0] = &nsg_hook_gate;
	for (i = 0; i < nsg_uses_count; i++)
		guarded[1 + i] = &nsg_uses[i].hook;
	err = nsg_hooks_init(guarded, 1 + nsg_uses_count);
	if (err)
		return err;
	nsg_gate_init();
	nsg_use_index();
	return 0;
}

/**
 * nsg_guards_exit - undo nsg_guards_init()
 *
 * Context: process context, may sleep.
 */
void nsg_guards_exit(void)
{
	nsg_hooks_exit(guarded, 1 + nsg_uses_count);
}

static bool busy(const struct nsg_hook *hook)
{
	struct ftrace_ops ops = {};
	int err;

	err = ftrace_set_filter_ip(&ops, hook->site, 0, 1);
	if (!err)
		err = nsg_register_direct(&ops, (unsigned long)nsg_use_guard);
	/* Unregistering frees the filter as well, and kernels before 6.15 do so twice. */
	if (!err)
		nsg_unregister_direct(&ops, (unsigned long)nsg_use_guard);
	else
		ftrace_free_filter(&ops);
	return err;
}

static void name_culprit(int err)
{
	unsigned int i;

	for (i = 0; i < nsg_uses_count; i++)
		if (!nsg_uses[i].hook.live &&
		    nsg_hook_patched(&nsg_uses[i].hook) &&
		    busy(&nsg_uses[i].hook))
			nsg_err("can't hook %s (%d): a BPF program or another module has it\n",
				nsg_uses[i].hook.names[0], err);
}

static int register_uses(unsigned int r)
{
	struct ftrace_ops *ops = registrations[r].ops;
	unsigned int i;
	int err;

	for (i = 0; i < nsg_uses_count; i++) {
		if (nsg_uses[i].visit != registrations[r].visit)
			continue;
		err = ftrace_set_filter_ip(ops, nsg_uses[i].hook.site, 0, 0);
		if (err)
			goto fail;
	}
	err = nsg_register_direct(ops, (unsigned long)registrations[r].stub);
	if (err)
		goto fail;
	for (i = 0; i < nsg_uses_count; i++)
		if (nsg_uses[i].visit == registrations[r].visit)
			nsg_uses[i].hook.live = true;
	return 0;

fail:
	ftrace_free_filter(ops);
	name_culprit(err);
	return err;
}

static int unregister_uses(unsigned int r)
{
	bool visit = registrations[r].visit, live = false;
	unsigned int i;
	int err;

	for (i = 0; i < nsg_uses_count; i++)
		live |= nsg_uses[i].visit == visit && nsg_uses[i].hook.live;
	if (!live)
		return 0;
	err = nsg_unregister_direct(registrations[r].ops,
				    (unsigned long)registrations[r].stub);
	if (err) {
		nsg_err("can't take the guards off the points of use (%d)\n",
			err);
		return err;
	}
	for (i = 0; i < nsg_uses_count; i++)
		if (nsg_uses[i].visit == visit)
			nsg_uses[i].hook.live = false;
	return 0;
}

/**
 * nsg_guards_register - put the guards in place
 *
 * Context: process context, may sleep.
 * Return: 0, or an error with no guard in place.
 */
int nsg_guards_register(void)
{
	struct nsg_hook *gate = &nsg_hook_gate;
	unsigned int i;
	int err;

	err = ftrace_set_filter_ip(&gate_ops, gate->site, 0, 1);
	if (!err)
		err = nsg_register_direct(&gate_ops,
					  (unsigned long)nsg_gate_guard);
	if (err) {
		ftrace_free_filter(&gate_ops);
		nsg_err("can't hook %s (%d)\n", gate->names[0], err);
		return err;
	}
	gate->live = true;
	for (i = 0; !err && i < ARRAY_SIZE(registrations); i++)
		err = register_uses(i);
	if (err)
		nsg_guards_unregister();
	return err;
}

/**
 * nsg_guards_unregister - take the guards away
 *
 * Context: process context, may sleep.
 * Return: 0; an error if one is still in place, and then the module's text must
 *	stay.
 */
int nsg_guards_unregister(void)
{
	unsigned int i;
	int err = 0;

	for (i = 0; i < ARRAY_SIZE(registrations); i++)
		err = unregister_uses(i) ?: err;
	if (nsg_hook_gate.live) {
		int gate = nsg_unregister_direct(&gate_ops,
						 (unsigned long)nsg_gate_guard);

		if (gate) {
			nsg_err("can't take the guard off the gate (%d)\n",
				gate);
			return gate;
		}
		nsg_hook_gate.live = false;
	}
	return err;
}
