/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Hooks on kernel functions, by two mechanisms:
 *
 * - A *wrapper* replaces a function: ftrace changes the instruction pointer and
 *   does nothing else; the wrapper runs in plain function context, may sleep
 *   where the original may, and reaches the original by a static call (many
 *   originals are sealed against indirect calls under IBT).  For transitions,
 *   which are judged before and followed after the original.
 *
 * - A *guard* stands before a function: an assembly stub, called directly from
 *   the function's entry (guard.S), which costs a task without a record about
 *   eight instructions.  For functions that every task calls all the time.
 *
 * No kprobe is ever armed: whoever has debugfs can switch all of them off.
 */
#ifndef _NSG_HOOKS_H
#define _NSG_HOOKS_H

#include <linux/err.h>
#include <linux/ftrace.h>
#include <linux/percpu.h>
#include <linux/static_call.h>

#include "door.h"

/**
 * struct nsg_hook_use - what happens in a hook on one processor
 * @hits: times it ran for a tracked task, for the heartbeat
 * @inside: tasks that entered the module's text here, less those that left it
 *	here, in each of two phases (nsg_hooks_turn()): only the sum over all
 *	processors means something
 */
struct nsg_hook_use {
	unsigned long hits;
	long inside[2];
};

/**
 * struct nsg_hook - a hooked kernel function
 * @names: symbols to look for, in this order; the first is the one reported
 * @wrapper: the function that replaces it; NULL for a guard
 * @key: of the static call that reaches the original
 * @tramp: of the same
 * @site: address of the patched call, written once before the hook goes live
 * @live: registered; written while the module is loaded, and by the worker that
 *	takes the hooks off (leave.c)
 * @use: see there
 */
struct nsg_hook {
	const char *names[3];
	void *wrapper;
	struct static_call_key *key;
	void *tramp;
	unsigned long site;
	bool live;
	struct nsg_hook_use __percpu *use;
};

/* 0 or 1: where those who enter are counted; see nsg_hooks_turn(). */
extern unsigned int nsg_hook_phase;
extern bool nsg_bypass;

/* The module leaves, and nobody comes into a wrapper any more. */
static __always_inline bool nsg_wrappers_bypassed(void)
{
	return READ_ONCE(nsg_bypass);
}

/*
 * A task is inside the module's text and may sleep there: the text has to stay.
 * What is neither counted nor able to sleep is waited for by RCU-tasks.
 */
static __always_inline unsigned int nsg_hook_enter(struct nsg_hook *hook)
{
	unsigned int phase = READ_ONCE(nsg_hook_phase);

	this_cpu_inc(hook->use->inside[phase]);
	return phase;
}

/* With what nsg_hook_enter() returned. */
static __always_inline void nsg_hook_leave(struct nsg_hook *hook,
					   unsigned int phase)
{
	this_cpu_dec(hook->use->inside[phase]);
}

static __always_inline void nsg_hit(struct nsg_hook *hook)
{
	this_cpu_inc(hook->use->hits);
}

/*
 * NSG_WRAPPER(ret, fn, proto, args): defines fn's hook nsg_hook_<fn> and the
 * static call nsg_orig(fn); the body that follows is the wrapper's.
 */
#define NSG_WRAPPER(ret, fn, proto, args, ...)				\
	NSG_WRAPPER_DOOR(ret, fn, proto, args, false, __VA_ARGS__)

/*
 * The same for a function in which, if @when, its task can stay for as long as
 * somebody likes; called in a system call without a lock, and its error is what that
 * returns.
 */
#define NSG_WRAPPER_DOOR(ret, fn, proto, args, when, ...)		\
	static ret nsg_unset_##fn proto;				\
	DEFINE_STATIC_CALL(nsg_orig_##fn, nsg_unset_##fn);		\
	static ret nsg_wrapped_##fn proto;				\
	static ret nsg_wrap_##fn proto					\
	{								\
		unsigned int phase = nsg_hook_enter(&nsg_hook_##fn);	\
		struct nsg_stay *stay = NULL;				\
		ret r;							\
									\
		if (when)						\
			stay = nsg_door_enter(&nsg_hook_##fn);		\
		r = IS_ERR(stay) ? PTR_ERR(stay) : nsg_wrapped_##fn args; \
		if (!IS_ERR(stay))					\
			nsg_door_leave(stay);				\
		nsg_hook_leave(&nsg_hook_##fn, phase);			\
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
		unsigned int phase = nsg_hook_enter(&nsg_hook_##fn);	\
									\
		nsg_wrapped_##fn args;					\
		nsg_hook_leave(&nsg_hook_##fn, phase);			\
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

/* Room for twice as many hooks of one mechanism as there are. */
#define NSG_SITES 256

/**
 * struct nsg_sites - from an address in a hooked function to its hook, without
 *	a search
 * @factor: separates the addresses
 * @hooks: by the upper bits of their product
 *
 * Written while the module is loaded.
 */
struct nsg_sites {
	u64 factor;
	struct nsg_hook *hooks[NSG_SITES];
};

static __always_inline struct nsg_hook **
nsg_sites_slot(struct nsg_sites *sites, unsigned long address)
{
	return &sites->hooks[(address * sites->factor) >> 56];
}

int nsg_symbols(const char *const *names, unsigned long *addresses,
		unsigned int count);
unsigned long nsg_symbol(const char *name);
void nsg_sites_index(struct nsg_sites *sites, struct nsg_hook *const *hooks,
		     unsigned int count, unsigned int offset);
int nsg_hooks_init(struct nsg_hook *const *hooks, unsigned int count);
void nsg_hooks_exit(struct nsg_hook *const *hooks, unsigned int count);
int nsg_wrappers_init(void);
void nsg_wrappers_exit(void);
void nsg_wrappers_bypass(void);
int nsg_wrappers_register(void);
int nsg_wrappers_unregister(void);
bool nsg_hook_patched(const struct nsg_hook *hook);
u64 nsg_hook_hits(const struct nsg_hook *hook);
long nsg_hook_inside(const struct nsg_hook *hook, unsigned int phase);
unsigned int nsg_hooks_turn(void);

#endif /* _NSG_HOOKS_H */
