// SPDX-License-Identifier: GPL-2.0
#include <linux/delay.h>
#include <linux/kprobes.h>
#include <linux/rcupdate_wait.h>
#include <linux/rcupdate.h>

#include "compat/compat.h"
#include "hooks.h"
#include "log.h"

#define CALL_OPCODE 0xe8

DEFINE_PER_CPU(long, nsg_inside);

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

/*
 * Runs with preemption off where another tracer shares the function: it only
 * redirects.  The wrapper reaches the original behind the patched call, so it
 * never comes back here.
 */
static void notrace redirect(unsigned long ip, unsigned long parent_ip,
			     struct ftrace_ops *ops, struct ftrace_regs *fregs)
{
	struct nsg_hook *hook = container_of(ops, struct nsg_hook, ops);

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
	hook->hits = alloc_percpu(unsigned long);
	if (!hook->hits)
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
		free_percpu(hooks[i]->hits);
		hooks[i]->hits = NULL;
	}
}

/**
 * nsg_hooks_register - put the wrappers in place
 * @hooks: the hooks
 * @count: their number
 *
 * Each has ftrace_ops of its own: IPMODIFY is exclusive per function, so that a
 * function which a livepatch has already is refused, and named.  PERMANENT keeps
 * kernel.ftrace_enabled at 1.
 *
 * Context: process context, may sleep.
 * Return: 0, or the first error with every hook taken off again.
 */
int nsg_hooks_register(struct nsg_hook *const *hooks, unsigned int count)
{
	unsigned int i;
	int err;

	for (i = 0; i < count; i++) {
		struct nsg_hook *hook = hooks[i];

		hook->ops.func = redirect;
		hook->ops.flags = FTRACE_OPS_FL_IPMODIFY |
				  FTRACE_OPS_FL_PERMANENT;
		err = ftrace_set_filter_ip(&hook->ops, hook->site, 0, 1);
		if (!err)
			err = register_ftrace_function(&hook->ops);
		if (!err && !nsg_hook_patched(hook)) {
			unregister_ftrace_function(&hook->ops);
			err = -EOPNOTSUPP;
		}
		if (err) {
			nsg_err("can't hook %s (%d)%s\n", hook->names[0], err,
				err == -EBUSY ?
				": a livepatch or another module has it" :
				err == -EOPNOTSUPP ?
				": is kernel.ftrace_enabled 0?" : "");
			ftrace_free_filter(&hook->ops);
			nsg_hooks_unregister(hooks, i);
			return err;
		}
		hook->live = true;
	}
	return 0;
}

/**
 * nsg_hooks_unregister - take the wrappers off
 * @hooks: the hooks
 * @count: their number
 *
 * Context: process context, may sleep; waits for RCU-tasks grace periods.
 * Return: 0; an error if a hook is still in place, and then the module's text
 *	must stay.
 */
int nsg_hooks_unregister(struct nsg_hook *const *hooks, unsigned int count)
{
	int err, ret = 0;

	while (count--) {
		struct nsg_hook *hook = hooks[count];

		if (!hook->live)
			continue;
		err = unregister_ftrace_function(&hook->ops);
		if (err) {
			nsg_err("can't take the hook off %s (%d)\n",
				hook->names[0], err);
			ret = err;
			continue;
		}
		hook->live = false;
		ftrace_free_filter(&hook->ops);
	}
	return ret;
}

/**
 * nsg_hooks_drain - wait until nobody is inside the module's text
 *
 * To be called when no new task can enter: all hooks are off.  First those that
 * have left the patched function but not reached nsg_enter(): they are awake
 * and merely preempted, an RCU-tasks grace period waits for them.  Then those
 * that sleep in an original, counted; then again those between nsg_leave() and
 * their return.
 *
 * Context: process context, may sleep.
 */
void nsg_hooks_drain(void)
{
	long inside;
	int cpu;

	synchronize_rcu_tasks();
	for (;;) {
		inside = 0;
		for_each_possible_cpu(cpu)
			inside += READ_ONCE(per_cpu(nsg_inside, cpu));
		if (!inside)
			break;
		msleep(20);
	}
	synchronize_rcu_tasks();
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
		sum += READ_ONCE(*per_cpu_ptr(hook->hits, cpu));
	return sum;
}
