// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/init_task.h>
#include <linux/ipc_namespace.h>
#include <linux/kmemleak.h>
#include <linux/ns_common.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/static_call.h>
#include <linux/time_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

#include "cache.h"
#include "compat/compat.h"
#include "hooks.h"
#include "log.h"
#include "nsproxy_copy.h"

/* struct nsproxy's members, in the order of the fields. */
static_assert(offsetofend(struct nsproxy, cgroup_ns) ==
	      NSG_NSPROXY_START + NSG_NSPROXY_SIZE);

static struct kmem_cache *cache;

static void unset_free_nsproxy(struct nsproxy *ns)
{
}

/* put_nsproxy() is inline and calls this, which is not exported. */
DEFINE_STATIC_CALL(nsg_free_nsproxy, unset_free_nsproxy);

/**
 * nsg_nsproxy_copy_init - make the cache and find what the kernel does not export
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOMEM, -ENOENT.
 */
int __init nsg_nsproxy_copy_init(void)
{
	unsigned long free_nsproxy = nsg_symbol("free_nsproxy");

	if (!free_nsproxy) {
		nsg_err("this kernel has no function free_nsproxy\n");
		return -ENOENT;
	}
	static_call_update(nsg_free_nsproxy,
			   (typeof(&unset_free_nsproxy))free_nsproxy);
	cache = NSG_CACHE(struct nsg_nsproxy_copy, "nsproxy");
	return cache ? 0 : -ENOMEM;
}

/**
 * nsg_nsproxy_copy_exit - the last copy has gone
 *
 * Context: process context, may sleep.
 */
void nsg_nsproxy_copy_exit(void)
{
	rcu_barrier();
	kmem_cache_destroy(cache);
}

/**
 * nsg_nsproxy_put - drop a reference to a set of namespaces
 * @nsproxy: the set, or NULL
 *
 * Context: process context, may sleep.
 */
void nsg_nsproxy_put(struct nsproxy *nsproxy)
{
	if (nsproxy && nsg_nsproxy_dec_and_test(nsproxy))
		static_call(nsg_free_nsproxy)(nsproxy);
}

static struct ns_common *common_of(void *ns, unsigned int kind)
{
	static const size_t offset[NSG_F_NS_COUNT] = {
		offsetof(struct uts_namespace, ns),
		offsetof(struct ipc_namespace, ns),
		0, /* private to the kernel, but begins with it */
		offsetof(struct pid_namespace, ns),
		offsetof(struct net, ns),
		offsetof(struct time_namespace, ns),
		offsetof(struct time_namespace, ns),
		offsetof(struct cgroup_namespace, ns),
	};

	return ns + offset[kind];
}

/* put_pid_ns() leaves this one alone, so do we. */
static bool is_counted(const void *ns)
{
	return ns && ns != &init_pid_ns;
}

static bool get_ns(void *ns, unsigned int kind)
{
	return !is_counted(ns) ||
	       refcount_inc_not_zero(&common_of(ns, kind)->count);
}

static void put_ns(void *ns, unsigned int kind)
{
	struct ns_common *common = common_of(ns, kind);

	if (is_counted(ns))
		common->ops->put(common);
}

/**
 * nsg_nsproxy_copy_new - a copy of a set of namespaces
 * @nsproxy: the set, which the caller keeps alive
 * @ns: its members when they were judged
 *
 * Its callers can't be told of a failure.
 *
 * Context: process context, may sleep.
 * Return: the copy, with a reference.
 */
struct nsg_nsproxy_copy *nsg_nsproxy_copy_new(struct nsproxy *nsproxy,
					      void *const *ns)
{
	struct nsg_nsproxy_copy *copy =
		kmem_cache_alloc(cache, GFP_KERNEL | __GFP_NOFAIL);
	int i;

	refcount_set(&copy->ref, 1);
	get_nsproxy(nsproxy);
	copy->nsproxy = nsproxy;
	for (i = 0; i < NSG_F_NS_COUNT; i++)
		copy->ns[i] = get_ns(ns[i], i) ? ns[i] : NULL;
	return copy;
}

static void free_rcu(struct rcu_head *rcu)
{
	kmem_cache_free(cache, container_of(rcu, struct nsg_nsproxy_copy, rcu));
}

/**
 * nsg_nsproxy_copy_put - drop a reference
 * @copy: the copy, or NULL
 *
 * Context: process context, may sleep.
 */
void nsg_nsproxy_copy_put(struct nsg_nsproxy_copy *copy)
{
	int i;

	might_sleep();
	if (!copy || !refcount_dec_and_test(&copy->ref))
		return;
	for (i = 0; i < NSG_F_NS_COUNT; i++)
		put_ns(copy->ns[i], i);
	nsg_nsproxy_put(copy->nsproxy);
	call_rcu(&copy->rcu, free_rcu);
}

/**
 * nsg_nsproxy_copy_restore - put the members back that are others by now
 * @copy: the copy of a set
 *
 * The set may have lost its reference with the member or not, so it gets one
 * that may be one too many.
 *
 * Context: any.
 */
void nsg_nsproxy_copy_restore(const struct nsg_nsproxy_copy *copy)
{
	void **now = (void *)copy->nsproxy + NSG_NSPROXY_START;
	void *const *host = (void *)init_task.nsproxy + NSG_NSPROXY_START;
	int i;

	for (i = 0; i < NSG_F_NS_COUNT; i++) {
		void *ns = copy->ns[i];

		if (READ_ONCE(now[i]) == ns)
			continue;
		get_ns(ns, i);
		/* The host's lie in no memory that kmemleak knows of. */
		if (ns && ns != host[i])
			kmemleak_not_leak(ns);
		WRITE_ONCE(now[i], ns);
	}
}
