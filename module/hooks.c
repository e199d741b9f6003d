// SPDX-License-Identifier: GPL-2.0
#include <linux/kprobes.h>
#include <linux/slab.h>

#include "compat/compat.h"
#include "hook_table.h"
#include "hooks.h"
#include "log.h"

#define CALL_OPCODE 0xe8
/* What stands there for some microseconds while another tracer comes or goes. */
#define PATCHING_OPCODE 0xcc

/* All wrappers' own: one registration, and one grace period to take them off. */
static struct ftrace_ops wrapper_ops;
static struct nsg_sites wrapper_sites __ro_after_init;

/* Written by who leaves (leave.c), read by who enters a hook. */
unsigned int nsg_hook_phase;

/* Written once, by who leaves; see nsg_wrappers_bypass(). */
bool nsg_bypass;

/**
 * nsg_symbols - addresses of kernel functions
 * @names: their symbols
 * @addresses: filled, with 0 where there is no such symbol
 * @count: their number
 *
 * A kprobe that is registered disabled patches nothing; it only resolves the
 * name.  On kernels with IBT the address is that behind the ENDBR, which is
 * where ftrace's call stands and which a direct call may enter as well.
 *
 * Context: process context, may sleep: for one grace period of RCU, however many
 *	they are.
 * Return: 0, -ENOMEM.
 */
int nsg_symbols(const char *const *names, unsigned long *addresses,
		unsigned int count)
{
	struct kprobe *probes = kcalloc(count, sizeof(*probes), GFP_KERNEL);
	struct kprobe **found = kcalloc(count, sizeof(*found), GFP_KERNEL);
	unsigned int i, n = 0;

	for (i = 0; probes && found && i < count; i++) {
		probes[i].symbol_name = names[i];
		probes[i].flags = KPROBE_FLAG_DISABLED;
		addresses[i] = 0;
		if (!*names[i] || register_kprobe(&probes[i]))
			continue;
		addresses[i] = (unsigned long)probes[i].addr;
		found[n++] = &probes[i];
	}
	if (n)
		unregister_kprobes(found, n);
	kfree(found);
	kfree(probes);
	return i == count ? 0 : -ENOMEM;
}

/**
 * nsg_symbol - address of a kernel function
 * @name: its symbol
 *
 * Context: process context, may sleep.
 * Return: the address, 0 if there is no such symbol.
 */
unsigned long nsg_symbol(const char *name)
{
	unsigned long address;

	return nsg_symbols(&name, &address, 1) ? 0 : address;
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
 * Who has nothing to do in a wrapper and may stay in the original for long.  A helper of
 * the kernel's own, which has no memory yet, is never tracked and can't be sent back
 * from the door, but may be made to execute what a container serves.  Who exits gives
 * back his namespaces, and waits for the lock of all mounts.
 */
static __always_inline bool passes(const struct nsg_hook *hook,
				   struct pt_regs *regs)
{
	return (hook == &nsg_hook_bprm_execve && !current->mm) ||
	       (hook == &nsg_hook_switch_task_namespaces &&
		!regs_get_kernel_argument(regs, 1));
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
	struct pt_regs *regs = nsg_ftrace_pt_regs(fregs);

	if (unlikely(nsg_wrappers_bypassed() || passes(hook, regs)))
		return;
	regs->ip = (unsigned long)hook->wrapper;
}

#define NAMES ARRAY_SIZE(((struct nsg_hook *)NULL)->names)

/* @addresses are of its names. */
static int prepare_hook(struct nsg_hook *hook, const unsigned long *addresses)
{
	unsigned int i;

	hook->site = 0;
	for (i = 0; i < NAMES && hook->names[i] && !hook->site; i++)
		hook->site = addresses[i];
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

static int prepare_all(struct nsg_hook *const *hooks, unsigned int count,
		       const char **names, unsigned long *addresses)
{
	unsigned int i, j;
	int err;

	for (i = 0; i < count; i++)
		for (j = 0; j < NAMES; j++)
			names[i * NAMES + j] = hooks[i]->names[j] ?: "";
	err = nsg_symbols(names, addresses, count * NAMES);
	for (i = 0; !err && i < count; i++)
		err = prepare_hook(hooks[i], &addresses[i * NAMES]);
	return err;
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
	unsigned long *addresses;
	const char **names;
	int err = -ENOMEM;

	names = kcalloc(count * NAMES, sizeof(*names), GFP_KERNEL);
	addresses = kcalloc(count * NAMES, sizeof(*addresses), GFP_KERNEL);
	if (names && addresses)
		err = prepare_all(hooks, count, names, addresses);
	kfree(addresses);
	kfree(names);
	if (err)
		nsg_hooks_exit(hooks, count);
	return err;
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
		/* To try takes a grace period: only where somebody is. */
		if (nsg_hook_patched(nsg_wrappers[i]) &&
		    is_taken(nsg_wrappers[i]))
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
 * nsg_wrappers_bypass - let nobody into a wrapper any more
 *
 * From here on the functions are as if they were not hooked.  A grace period of
 * RCU-tasks later nobody comes in who has not been counted.
 *
 * Context: any; when nothing is judged any more.
 */
void nsg_wrappers_bypass(void)
{
	WRITE_ONCE(nsg_bypass, true);
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
	u8 opcode = READ_ONCE(*(u8 *)hook->site);

	return opcode == CALL_OPCODE || opcode == PATCHING_OPCODE;
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
 * @phase: those who were counted in it
 *
 * Context: any; means something once nobody is counted in that phase any more, for
 *	the hook is off or the phase is over, and one RCU-tasks grace period has
 *	passed since.
 */
long nsg_hook_inside(const struct nsg_hook *hook, unsigned int phase)
{
	long sum = 0;
	int cpu;

	for_each_possible_cpu(cpu)
		sum += READ_ONCE(per_cpu_ptr(hook->use, cpu)->inside[phase]);
	return sum;
}

/**
 * nsg_hooks_turn - begin another phase
 *
 * So that who is inside now can be told from who comes later.  Nobody may be
 * inside who was counted in the last but one.
 *
 * Context: any; one at a time.
 * Return: the phase that has ended.
 */
unsigned int nsg_hooks_turn(void)
{
	unsigned int phase = nsg_hook_phase;

	WRITE_ONCE(nsg_hook_phase, !phase);
	return phase;
}
