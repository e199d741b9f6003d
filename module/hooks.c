// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>

#include "compat/compat.h"
#include "hook_table.h"
#include "hooks.h"
#include "log.h"

#define CALL_OPCODE 0xe8

/* All wrappers' own: one registration, and one grace period to take them off. */
static struct ftrace_ops wrapper_ops;
static struct nsg_sites wrapper_sites __ro_after_init;

/**
 * nsg_symbol - address of a kernel function
 * @name: its symbol
 *
 * A kprobe that is registered disabled patches nothing; it only resolves the
 * name.  On kernels with IBT the address is that behind the ENDBR, which is
 * where ftrace's call stands and which a direct call may enter as well.
 *
 * Context: process context, may sleep.
 * Return: the address, 0 if there is no such symbol.
 */
unsigned long nsg_symbol(const char *name)
{
	struct kprobe kp = {
		.symbol_name = name,
		.flags = KPROBE_FLAG_DISABLED,
	};
	unsigned long addr;

	if (register_kprobe(&kp))
		return 0;
	addr = (unsigned long)kp.addr;
	unregister_kprobe(&kp);
	return addr;
}

static bool try_index(struct nsg_sites *sites, struct nsg_hook *const *hooks,
		      unsigned int count, unsigned int offset)
{
	struct nsg_hook **slot;
	unsigned int i;

	memset(sites->hooks, 0, sizeof(sites->hooks));
	for (i = 0; i < count; i++) {
		slot = nsg_sites_slot(sites, hooks[i]->site + offset);
		if (*slot)
			return false;
		*slot = hooks[i];
	}
	return true;
}

/**
 * nsg_sites_index - make the map from addresses to hooks
 * @sites: the map
 * @hooks: resolved hooks, far fewer than NSG_SITES
 * @count: their number
 * @offset: of the addresses that will be looked up from the hooks' sites
 *
 * Some factor separates so few addresses; it is looked for once.
 *
 * Context: any.
 */
void __init nsg_sites_index(struct nsg_sites *sites,
			    struct nsg_hook *const *hooks, unsigned int count,
			    unsigned int offset)
{
	sites->factor = 0x9e3779b97f4a7c15;
	while (!try_index(sites, hooks, count, offset))
		sites->factor = sites->factor * 6364136223846793005ULL +
				1442695040888963407ULL;
}

/*
 * Runs with preemption off where another tracer shares the function: it only
 * redirects.  The wrapper reaches the original behind the patched call, so it
 * never comes back here.
 */
static void notrace redirect(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct nsg_hook *hook = *nsg_sites_slot(&wrapper_sites, ip);

	nsg_ftrace_pt_regs(fregs)->ip = (unsigned long)hook->wrapper;
}

static int resolve(struct nsg_hook *hook)
{
	int i;

	for (i = 0; i < ARRAY_SIZE(hook->names) && hook->names[i]; i++) {
		hook->site = nsg_symbol(hook->names[i]);
		if (hook->site)
			break;
	}
	if (!hook->site) {
		nsg_err("this kernel has no function %s\n", hook->names[0]);
		return -ENOENT;
	}
	hook->use = alloc_percpu(struct nsg_hook_use);
	if (!hook->use)
		return -ENOMEM;
	if (hook->wrapper)
		__static_call_update(hook->key, hook->tramp,
				     (void *)(hook->site + MCOUNT_INSN_SIZE));
	return 0;
}

/**
 * nsg_hooks_init - find the functions
 * @hooks: the hooks
 * @count: their number
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOENT if a function is missing; -ENOMEM.
 */
int nsg_hooks_init(struct nsg_hook *const *hooks, unsigned int count)
{
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		err = resolve(hooks[i]);
		if (err) {
			nsg_hooks_exit(hooks, i + 1);
			return err;
		}
	}
	return 0;
}

/**
 * nsg_hooks_exit - undo nsg_hooks_init()
 * @hooks: the hooks, none of them registered
 * @count: their number
 *
 * Context: process context, may sleep.
 */
void nsg_hooks_exit(struct nsg_hook *const *hooks, unsigned int count)
{
	unsigned int i;

	for (i = 0; i < count; i++) {
		free_percpu(hooks[i]->use);
		hooks[i]->use = NULL;
	}
}

/**
 * nsg_wrappers_init - find the functions that wrappers replace
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOENT if a function is missing; -ENOMEM.
 */
int __init nsg_wrappers_init(void)
{
	int err = nsg_hooks_init(nsg_wrappers, nsg_wrappers_count);

	if (!err)
		nsg_sites_index(&wrapper_sites, nsg_wrappers,
				nsg_wrappers_count, 0);
	return err;
}

/**
 * nsg_wrappers_exit - undo nsg_wrappers_init()
 *
 * Context: process context, may sleep.
 */
void nsg_wrappers_exit(void)
{
	nsg_hooks_exit(nsg_wrappers, nsg_wrappers_count);
}

static void set_live(bool live)
{
	unsigned int i;

	for (i = 0; i < nsg_wrappers_count; i++)
		nsg_wrappers[i]->live = live;
}

/* IPMODIFY is exclusive per function: which of them is taken? */
static bool is_taken(const struct nsg_hook *hook)
{
	struct ftrace_ops ops = {
		.func = redirect,
		.flags = FTRACE_OPS_FL_IPMODIFY,
	};
	int err;

	err = ftrace_set_filter_ip(&ops, hook->site, 0, 1);
	if (!err)
		err = register_ftrace_function(&ops);
	if (!err)
		unregister_ftrace_function(&ops);
	ftrace_free_filter(&ops);
	return err;
}

static void name_taken(int err)
{
	unsigned int i;

	for (i = 0; i < nsg_wrappers_count; i++)
		if (is_taken(nsg_wrappers[i]))
			nsg_err("can't hook %s (%d): a livepatch or another module has it\n",
				nsg_wrappers[i]->names[0], err);
}

static const struct nsg_hook *first_unpatched(void)
{
	unsigned int i;

	for (i = 0; i < nsg_wrappers_count; i++)
		if (!nsg_hook_patched(nsg_wrappers[i]))
			return nsg_wrappers[i];
	return NULL;
}

/**
 * nsg_wrappers_register - put the wrappers in place
 *
 * All at once, within moments but in no order: until the last is there nothing
 * is tracked (nsg_config.state), so none has anything to do.  IPMODIFY keeps
 * others off the functions.  PERMANENT keeps kernel.ftrace_enabled at 1.
 *
 * Context: process context, may sleep.
 * Return: 0, or an error with no wrapper in place.
 */
int nsg_wrappers_register(void)
{
	const struct nsg_hook *unpatched;
	unsigned int i;
	int err = 0;

	wrapper_ops.func = redirect;
	wrapper_ops.flags = FTRACE_OPS_FL_IPMODIFY | FTRACE_OPS_FL_PERMANENT;
	for (i = 0; i < nsg_wrappers_count && !err; i++)
		err = ftrace_set_filter_ip(&wrapper_ops, nsg_wrappers[i]->site,
					   0, 0);
	if (!err)
		err = register_ftrace_function(&wrapper_ops);
	if (err) {
		ftrace_free_filter(&wrapper_ops);
		name_taken(err);
		return err;
	}
	set_live(true);
	unpatched = first_unpatched();
	if (unpatched) {
		nsg_err("can't hook %s: is kernel.ftrace_enabled 0?\n",
			unpatched->names[0]);
		return nsg_wrappers_unregister() ?: -EOPNOTSUPP;
	}
	return 0;
}

/**
 * nsg_wrappers_unregister - take the wrappers off
 *
 * Context: process context, may sleep; waits for RCU-tasks grace periods.
 * Return: 0, also if they were off already; an error if they are still in
 *	place, and then the module's text must stay.
 */
int nsg_wrappers_unregister(void)
{
	int err;

	if (!nsg_wrappers[0]->live)
		return 0;
	err = unregister_ftrace_function(&wrapper_ops);
	if (err) {
		nsg_err("can't take the wrappers off (%d)\n", err);
		return err;
	}
	set_live(false);
	ftrace_free_filter(&wrapper_ops);
	return 0;
}

/**
 * nsg_hook_patched - is the call in the kernel's text?
 * @hook: a resolved hook
 *
 * With a second tracer the byte says nothing; the hits do (see
 * nsg_hook_hits()).
 *
 * Context: any.
 */
bool nsg_hook_patched(const struct nsg_hook *hook)
{
	return READ_ONCE(*(u8 *)hook->site) == CALL_OPCODE;
}

/**
 * nsg_hook_hits - how often the hook ran for a tracked task
 * @hook: a resolved hook
 *
 * Context: any.
 */
u64 nsg_hook_hits(const struct nsg_hook *hook)
{
	u64 sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(hook->use, cpu)->hits);
	return sum;
}

/**
 * nsg_hook_inside - how many tasks are in the module's text by this hook
 * @hook: a resolved hook
 *
 * Context: any; means something once the hook is off and one RCU-tasks grace
 *	period has passed.
 */
long nsg_hook_inside(const struct nsg_hook *hook)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(hook->use, cpu)->inside);
	return sum;
}
