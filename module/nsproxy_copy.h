/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copy of a set of namespaces: what its members are supposed to be.
 */
#ifndef _NSG_NSPROXY_COPY_H
#define _NSG_NSPROXY_COPY_H

#include <linux/nsproxy.h>
#include <linux/refcount.h>
#include <linux/string.h>
#include <linux/uaccess.h>

#include "field.h"

/* The namespace pointers of struct nsproxy, which lie in one row. */
#define NSG_NSPROXY_START	offsetof(struct nsproxy, uts_ns)
#define NSG_NSPROXY_SIZE	(NSG_F_NS_COUNT * sizeof(void *))

/**
 * struct nsg_nsproxy_copy - the contents of a set of namespaces
 * @ref: one per record; tasks that share the set share the copy
 * @nsproxy: the set; referenced; immutable, with the next
 * @ns: its members, with references of our own: an attacker may give back those
 *	of the set with what he displaces, and they are put back from here.  NULL
 *	for what was freed before it could be referenced
 * @rcu: frees it; the sweep looks at the copy of a task that may switch or exit
 */
struct nsg_nsproxy_copy {
	refcount_t ref;
	struct nsproxy *nsproxy;
	void *ns[NSG_F_NS_COUNT];
	struct rcu_head rcu;
};

/* Zeros if @nsproxy is no memory: an attacker may have made it. */
static inline void nsg_nsproxy_members(void **ns, const struct nsproxy *nsproxy)
{
	if (copy_from_kernel_nofault(ns, (const char *)nsproxy +
				     NSG_NSPROXY_START, NSG_NSPROXY_SIZE))
		memset(ns, 0, NSG_NSPROXY_SIZE);
}

static inline struct nsg_nsproxy_copy *
nsg_nsproxy_copy_get(struct nsg_nsproxy_copy *copy)
{
	refcount_inc(&copy->ref);
	return copy;
}

int nsg_nsproxy_copy_init(void);
void nsg_nsproxy_copy_exit(void);
struct nsg_nsproxy_copy *nsg_nsproxy_copy_new(struct nsproxy *nsproxy,
					      void *const *ns);
void nsg_nsproxy_copy_put(struct nsg_nsproxy_copy *copy);
void nsg_nsproxy_copy_restore(const struct nsg_nsproxy_copy *copy);
void nsg_nsproxy_put(struct nsproxy *nsproxy);

#endif /* _NSG_NSPROXY_COPY_H */
