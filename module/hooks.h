/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks on kernel functions, by two mechanisms:
 *
 * - A *wrapper* replaces a function: an ftrace_ops of its own changes the
 *   instruction pointer and nothing else; the wrapper runs in plain function
 *   context, may sleep where the original may, and reaches the original by a
 *   static call (many originals are sealed against indirect calls under IBT).
 *   For transitions, which are judged before and followed after the original.
 *
 * - A *guard* stands before a function: an assembly stub, called directly from
 *   the function's entry (guard.S), which costs a task without a record about
 *   eight instructions.  For functions that every task calls all the time.
 *
 * No kprobe is ever armed: whoever has debugfs can switch all of them off.
 */
#ifndef _NSG_HOOKS_H
#define _NSG_HOOKS_H

#include <linux/ftrace.h>
#include <linux/percpu.h>
#include <linux/static_call.h>

/**
 * struct nsg_hook - a hooked kernel function
 * @names: symbols to look for, in this order; the first is the one reported
 * @wrapper: the function that replaces it; NULL for a guard
 * @key: of the static call that reaches the original
 * @tramp: of the same
 * @site: address of the patched call, written once before the hook goes live
 * @ops: registration with ftrace; a wrapper's own
 * @live: registered; written by nsg_hooks_register() and _unregister(), which
 *	the module's init and nsg_retire() serialise
 * @hits: times it ran for a tracked task, for the heartbeat
 */
struct nsg_hook {
	const char *names[3];
	void *wrapper;
	struct static_call_key *key;
	void *tramp;
	unsigned long site;
	struct ftrace_ops ops;
	bool live;
	unsigned long __percpu *hits;
};

/* Tasks inside a wrapper, per CPU: only the sum means something. */
DECLARE_PER_CPU(long, nsg_inside);

static __always_inline void nsg_enter(void)
{
	this_cpu_inc(nsg_inside);
}

static __always_inline void nsg_leave(void)
{
	this_cpu_dec(nsg_inside);
}

static __always_inline void nsg_hit(struct nsg_hook *hook)
{
	this_cpu_inc(*hook->hits);
}

/*
 * NSG_WRAPPER(ret, fn, proto, args): defines fn's hook nsg_hook_<fn> and the
 * static call nsg_orig(fn); the body that follows is the wrapper's.
 */
#define NSG_WRAPPER(ret, fn, proto, args, ...)				\
	static ret nsg_unset_##fn proto;				\
	DEFINE_STATIC_CALL(nsg_orig_##fn, nsg_unset_##fn);		\
	static ret nsg_wrapped_##fn proto;				\
	static ret nsg_wrap_##fn proto					\
	{								\
		ret r;							\
									\
		nsg_enter();						\
		r = nsg_wrapped_##fn args;				\
		nsg_leave();						\
		return r;						\
	}								\
	static ret nsg_unset_##fn proto					\
	{								\
		return (ret)-ENOSYS;					\
	}								\
	struct nsg_hook nsg_hook_##fn = {				\
		.names = { __VA_ARGS__ },				\
		.wrapper = nsg_wrap_##fn,				\
		.key = &STATIC_CALL_KEY(nsg_orig_##fn),			\
		.tramp = STATIC_CALL_TRAMP_ADDR(nsg_orig_##fn),		\
	};								\
	static ret nsg_wrapped_##fn proto

#define NSG_WRAPPER_VOID(fn, proto, args, ...)				\
	static void nsg_unset_##fn proto;				\
	DEFINE_STATIC_CALL(nsg_orig_##fn, nsg_unset_##fn);		\
	static void nsg_wrapped_##fn proto;				\
	static void nsg_wrap_##fn proto					\
	{								\
		nsg_enter();						\
		nsg_wrapped_##fn args;					\
		nsg_leave();						\
	}								\
	static void nsg_unset_##fn proto				\
	{								\
	}								\
	struct nsg_hook nsg_hook_##fn = {				\
		.names = { __VA_ARGS__ },				\
		.wrapper = nsg_wrap_##fn,				\
		.key = &STATIC_CALL_KEY(nsg_orig_##fn),			\
		.tramp = STATIC_CALL_TRAMP_ADDR(nsg_orig_##fn),		\
	};								\
	static void nsg_wrapped_##fn proto

#define nsg_orig(fn) static_call(nsg_orig_##fn)

unsigned long nsg_symbol(const char *name);
int nsg_hooks_init(struct nsg_hook *const *hooks, unsigned int count);
void nsg_hooks_exit(struct nsg_hook *const *hooks, unsigned int count);
int nsg_hooks_register(struct nsg_hook *const *hooks, unsigned int count);
int nsg_hooks_unregister(struct nsg_hook *const *hooks, unsigned int count);
void nsg_hooks_drain(void);
bool nsg_hook_patched(const struct nsg_hook *hook);
u64 nsg_hook_hits(const struct nsg_hook *hook);

#endif /* _NSG_HOOKS_H */
