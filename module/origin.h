/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Origin: one container.
 */
#ifndef _NSG_ORIGIN_H
#define _NSG_ORIGIN_H

#include <linux/list.h>
#include <linux/rcupdate.h>
#include <linux/refcount.h>
#include <linux/types.h>
#include <linux/workqueue.h>

#include "budget.h"

struct nsproxy;

#define NSG_NAME_LEN	72
#define NSG_CGROUP_LEN	256
/* How deep containers nest; beyond, a nested one stays part of its outer one. */
#define NSG_DEPTH_MAX	16

/**
 * struct nsg_start - what the start rule looks at, as plain data
 * @own_mnt_ns: C1: the mount namespace is not pid 1's
 * @own_root: C2: the root (superblock, dentry) is not pid 1's
 * @own_pid_or_user_ns: C3: the active pid namespace or the user namespace is
 *	not the initial one
 *
 * In a container the same is asked in relation to what that started with.
 */
struct nsg_start {
	bool own_mnt_ns;
	bool own_root;
	bool own_pid_or_user_ns;
};

enum nsg_start_class {
	NSG_START_NONE,
	NSG_START_AMBIGUOUS,
	NSG_START_CERTAIN,
};

/**
 * struct nsg_origin - one container
 * @list: in the list of all, under the list's lock, read under RCU
 * @ref: one for each record, each container nested in it, and each user of a
 *	look-up
 * @rcu: frees it
 * @work: ends it: a reference that is the last may be dropped in softirq
 * @id: unique since load; immutable
 * @parent: the container that it is nested in, referenced; immutable
 * @depth: how many those are; immutable
 * @adopted: it ran before the module was loaded, or before its checkpoint;
 *	immutable
 * @by_mounts: adopted, with the tasks of a mount namespace: others of its process
 *	namespace are in none; immutable
 * @certain: the start rule was met in full, or somebody who knows said so:
 *	descent is enforced; only becomes true, read with READ_ONCE()
 * @started: CLOCK_REALTIME nanoseconds; immutable
 * @mnt_ns: inode numbers of the namespaces at start; immutable
 * @pid_ns: see @mnt_ns
 * @user_ns: see @mnt_ns
 * @root_dev: device of its root at start; immutable
 * @root_ino: inode number of the same; immutable
 * @name: a label: last component of @cgroup; immutable
 * @cgroup: path of the control group at start; immutable
 * @tasks: LIVE and PENDING records
 * @events: incidents
 * @user: of the host who has made its user namespace, 0 for root or if it has none,
 *	and for a nested one; immutable
 * @budget: how much is told of it; a nested one's is not used
 * @lineage: its namespaces, under lineage.c's lock
 * @namespaces: length of @lineage, same lock
 * @lossy: a namespace of its could not be remembered, or was before it was adopted;
 *	only becomes true
 */
struct nsg_origin {
	struct list_head list;
	refcount_t ref;
	struct rcu_head rcu;
	struct work_struct work;
	u64 id;
	struct nsg_origin *parent;
	unsigned int depth;
	bool adopted;
	bool by_mounts;
	bool certain;
	u64 started;
	u32 mnt_ns;
	u32 pid_ns;
	u32 user_ns;
	u32 root_dev;
	u64 root_ino;
	char name[NSG_NAME_LEN];
	char cgroup[NSG_CGROUP_LEN];
	atomic_t tasks;
	atomic64_t events;
	uid_t user;
	struct nsg_budget budget;
	struct list_head lineage;
	unsigned int namespaces;
	bool lossy;
};

struct nsg_subject;
struct task_struct;

/* All containers: walk with list_for_each_entry_rcu() under RCU. */
extern struct list_head nsg_origins;

int nsg_origins_init(void);
void nsg_origins_exit(void);
enum nsg_start_class nsg_start_classify(const struct nsg_start *start);
struct nsg_origin *nsg_origin_alloc(void);
void nsg_origin_start(struct nsg_origin *origin, bool certain, bool restored);
void nsg_origin_nest(struct nsg_origin *origin, struct nsg_origin *parent,
		     const struct nsg_subject *first);
void nsg_origin_adopt(struct nsg_origin *origin,
		      const struct nsg_subject *first,
		      struct task_struct *task, u32 pid_ns, bool certain);
struct nsg_origin *nsg_origin_find(u64 id);
struct nsg_origin *nsg_origin_find_outermost(u32 pid_ns);
void nsg_origin_make_certain(struct nsg_origin *origin);
void nsg_origin_grow(struct nsg_origin *origin, void *const *had,
		     void *const *now);
struct nsg_origin *nsg_origin_tryget(struct nsg_origin *origin);
struct nsg_origin *nsg_origin_get(struct nsg_origin *origin);
void nsg_origin_put(struct nsg_origin *origin);
bool nsg_origin_within(const struct nsg_origin *inner,
		       const struct nsg_origin *outer);
u64 nsg_origin_key(const struct nsg_origin *origin);
unsigned int nsg_origin_count(void);

#endif /* _NSG_ORIGIN_H */
