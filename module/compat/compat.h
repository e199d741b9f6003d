/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What differs between the supported kernels.  Nothing outside this folder
 * asks for a kernel's version.
 */
#ifndef _NSG_COMPAT_H
#define _NSG_COMPAT_H

#include <linux/capability.h>
#include <linux/cred.h>
#include <linux/ftrace.h>
#include <linux/nsproxy.h>
#include <linux/refcount.h>
#include <linux/seccomp.h>
#include <linux/slab.h>
#include <linux/version.h>

#ifndef CONFIG_X86_64
#error "nsguard supports x86-64 only"
#endif
#ifndef CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS
#error "nsguard needs a kernel with CONFIG_DYNAMIC_FTRACE_WITH_DIRECT_CALLS"
#endif
#ifdef CONFIG_PREEMPT_RT
#error "nsguard has not been tried on PREEMPT_RT kernels and refuses to build"
#endif
#ifndef CONFIG_PREEMPT_COUNT
#error "nsguard has to know where it may sleep: CONFIG_PREEMPT_COUNT is needed"
#endif
#ifdef CONFIG_RANDSTRUCT
#error "nsguard compares credentials as one block: RANDSTRUCT is not supported"
#endif

/* kernel_cap_t was an array of two u32 until 6.3. */
static inline u64 nsg_cap_value(const kernel_cap_t *cap)
{
	u64 value;

	static_assert(sizeof(*cap) == sizeof(value));
	memcpy(&value, cap, sizeof(value));
	return value;
}

/* struct ftrace_regs lost its fields in 6.13; an accessor came with it. */
#ifdef arch_ftrace_regs
#define nsg_ftrace_pt_regs(fregs) (&arch_ftrace_regs(fregs)->regs)
#else
#define nsg_ftrace_pt_regs(fregs) (&(fregs)->regs)
#endif

/* One address for an ops' whole filter was called _multi until 6.3. */
#if LINUX_VERSION_CODE < KERNEL_VERSION(6, 4, 0)
static inline int nsg_register_direct(struct ftrace_ops *ops,
				      unsigned long addr)
{
	return register_ftrace_direct_multi(ops, addr);
}

static inline int nsg_unregister_direct(struct ftrace_ops *ops,
					unsigned long addr)
{
	int err = unregister_ftrace_direct_multi(ops, addr);

	ftrace_free_filter(ops);
	return err;
}
#else
static inline int nsg_register_direct(struct ftrace_ops *ops,
				      unsigned long addr)
{
	return register_ftrace_direct(ops, addr);
}

static inline int nsg_unregister_direct(struct ftrace_ops *ops,
					unsigned long addr)
{
	return unregister_ftrace_direct(ops, addr, true);
}
#endif

/* struct nsproxy's count became a refcount_t in 6.8. */
static inline bool nsg_nsproxy_dec_and_test(struct nsproxy *ns)
{
	if (__same_type(ns->count, refcount_t))
		return refcount_dec_and_test((refcount_t *)&ns->count);
	return atomic_dec_and_test((atomic_t *)&ns->count);
}

/* Threads of users that make no system call: vhost's became some in 6.4. */
#ifdef PF_USER_WORKER
#define NSG_PF_WORKER (PF_IO_WORKER | PF_USER_WORKER)
#else
#define NSG_PF_WORKER PF_IO_WORKER
#endif

/*
 * A cache that shares its pages with no other: SLAB_NO_MERGE came in 6.5.  The
 * flag that stands for it before keeps the pages for a grace period longer and
 * means nothing else to us.
 */
#ifdef SLAB_NO_MERGE
#define NSG_SLAB_ALONE SLAB_NO_MERGE
#else
#define NSG_SLAB_ALONE SLAB_TYPESAFE_BY_RCU
#endif

#endif /* _NSG_COMPAT_H */
