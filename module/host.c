// SPDX-License-Identifier: GPL-2.0
#include <linux/fs_struct.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched/task.h>
#include <linux/user_namespace.h>

#include "host.h"
#include "lineage.h"
#include "origin.h"
#include "record.h"
#include "subject.h"

/* pid 1 never goes; what it has is asked for each time, since it can switch. */
static struct task_struct *host_init(void)
{
	return init_pid_ns.child_reaper;
}

/**
 * nsg_host_mnt_ns_is - is this the host's mount namespace?
 * @nsproxy: of current
 *
 * Asked at every exec on the host, hence first without the lock: the namespace
 * that the kernel booted with is pid 1's nearly everywhere, and where it is not
 * it is no container's either.
 *
 * Context: process context.
 */
bool nsg_host_mnt_ns_is(const struct nsproxy *nsproxy)
{
	struct task_struct *init = host_init();
	bool same;

	if (likely(nsproxy->mnt_ns == init_task.nsproxy->mnt_ns))
		return true;
	task_lock(init);
	same = nsproxy->mnt_ns == init->nsproxy->mnt_ns;
	task_unlock(init);
	return same;
}

/**
 * nsg_host_root_get - pid 1's root of this moment
 * @root: filled, with references
 *
 * Context: process context.
 */
void nsg_host_root_get(struct path *root)
{
	struct task_struct *init = host_init();

	task_lock(init);
	get_fs_root(init->fs, root);
	task_unlock(init);
}

static bool is_one_of_host(u32 inum)
{
	struct task_struct *init = host_init();
	u32 host[NSG_F_NS_COUNT];
	int i;

	/* The lock is not for interrupts, where the kernel asks this of nobody. */
	if (!in_task())
		return true;
	if (inum == init_user_ns.ns.inum || inum == init_pid_ns.ns.inum)
		return true;
	task_lock(init);
	nsg_ns_inums(init->nsproxy, host);
	task_unlock(init);
	for (i = 0; i < NSG_F_NS_COUNT; i++)
		if (host[i] == inum)
			return true;
	return false;
}

/**
 * nsg_host_may_own - can a container have come to this namespace by itself?
 * @origin: the container
 * @inum: inode number of a namespace that the caller keeps alive
 *
 * It is the container's already, or a new one: neither the host's nor known to
 * be another container's.
 *
 * Context: process context.
 */
bool nsg_host_may_own(const struct nsg_origin *origin, u32 inum)
{
	return nsg_lineage_has(origin, inum) ||
	       (!nsg_lineage_foreign(origin, inum) && !is_one_of_host(inum));
}

/**
 * nsg_host_owns - may a container's task go to this namespace?
 * @origin: the container
 * @inum: inode number of a namespace that the caller keeps alive
 *
 * It may if it is the container's.  A container that has outgrown what is
 * remembered of one is given the benefit of the doubt: it is killed for nothing
 * otherwise.
 *
 * Context: process context.
 */
bool nsg_host_owns(const struct nsg_origin *origin, u32 inum)
{
	if (unlikely(READ_ONCE(origin->lossy)))
		return nsg_host_may_own(origin, inum);
	return nsg_lineage_has(origin, inum);
}

/**
 * nsg_host_owns_all - may a container's task go to these namespaces?
 * @origin: the container
 * @had: the namespaces that the task has, in the order of the fields
 * @now: those that it is about to have, kept alive: a copy, since the set may be
 *	written to meanwhile
 *
 * Each is the task's already or the container's.  What the kernel makes for a task
 * is so as soon as it is made (nsg_host_yields()).
 *
 * Context: process context.
 */
bool nsg_host_owns_all(const struct nsg_origin *origin, void *const *had,
		       void *const *now)
{
	int i;

	for (i = 0; i < NSG_F_NS_COUNT; i++)
		if (now[i] != had[i] &&
		    !nsg_host_owns(origin, nsg_ns_inum(now[i], i)))
			return false;
	return true;
}

/**
 * nsg_host_yields - can a container have come to these namespaces by itself?
 * @origin: the container
 * @had: the namespaces that its task has, in the order of the fields
 * @now: those that it is about to have, kept alive: a copy, since the set may be
 *	written to meanwhile
 *
 * Each is the container's or the task's already (who comes from the host with
 * `nsenter -m` has the rest of the host's), or a new one: neither the host's
 * nor known to be another container's.
 *
 * Context: process context.
 */
bool nsg_host_yields(const struct nsg_origin *origin, void *const *had,
		     void *const *now)
{
	int i;

	for (i = 0; i < NSG_F_NS_COUNT; i++)
		if (now[i] != had[i] &&
		    !nsg_host_may_own(origin, nsg_ns_inum(now[i], i)))
			return false;
	return true;
}
