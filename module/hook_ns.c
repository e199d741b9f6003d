// SPDX-License-Identifier: GPL-2.0
/*
 * Namespace switches.  setns() is judged where its target is resolved and
 * nothing is committed yet, in the install function of each kind: both entries
 * (native and 32-bit) and both ways of naming the target (by file and by pidfd)
 * come together there.
 */
#include <linux/cred.h>
#include <linux/kmemleak.h>
#include <linux/nsproxy.h>
#include <linux/proc_ns.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "check.h"
#include "config.h"
#include "context.h"
#include "counter.h"
#include "entry.h"
#include "hook_ns.h"
#include "hook_table.h"
#include "host.h"
#include "lineage.h"
#include "origin.h"
#include "rule.h"
#include "userns.h"

/* Is this namespace one that the container may enter? */
static bool belongs(const struct nsg_record *rec, struct ns_common *ns,
		    enum nsg_field field)
{
	if (nsg_host_owns(rec->origin, ns->inum))
		return true;
	return field == NSG_F_USER_NS &&
	       !nsg_lineage_foreign(rec->origin, ns->inum) &&
	       nsg_userns_relation(container_of(ns, struct user_namespace, ns),
				   rec->copy.user_ns) == NSG_USERNS_BELOW;
}

/*
 * Has this call entered a foreign namespace that was let pass?  It was reported
 * then, and what the same setns() leads to is not judged again.
 */
static bool is_audited(const struct nsg_record *rec)
{
	return nsg_record_in_call(rec, rec->audited_call);
}

static bool deny_foreign_ns(struct nsg_record *rec, const struct ns_common *ns,
			    enum nsg_field field, const char *hook)
{
	const struct nsg_site site = {
		.layer = NSGUARD_LAYER_TRANSITION,
		.hook = hook,
	};
	struct nsg_incident incident = {
		.site = &site,
		.rule = NSG_RULE_NS_FOREIGN,
		.diff = BIT_ULL(field),
	};

	nsg_subject_of_record(&incident.want, rec);
	incident.have.v[field] = ns->inum;
	if (nsg_respond(rec, &incident))
		return true;
	rec->audited_call = rec->calls;
	return false;
}

typedef int (*install_fn)(struct nsset *nsset, struct ns_common *ns);

/*
 * What the kernel refuses by itself is no incident, so the original is asked
 * first: it only prepares.  That of mount namespaces is the exception, it moves
 * root and working directory of a lone CLONE_NEWNS at once; there the capability
 * that decides in the end is asked for instead.
 */
static int judge_install(struct nsset *nsset, struct ns_common *ns,
			 enum nsg_field field, struct nsg_hook *hook,
			 install_fn orig)
{
	struct nsg_record *rec = nsg_record_live(current);
	bool foreign, first;
	int ret;

	if (likely(!rec))
		return orig(nsset, ns);
	nsg_hit(hook);
	foreign = nsg_layer_active(NSGUARD_LAYER_TRANSITION) &&
		  !belongs(rec, ns, field);
	first = field == NSG_F_MNT_NS &&
		ns_capable_noaudit(ns->ops->owner(ns), CAP_SYS_ADMIN);
	if (foreign && first && deny_foreign_ns(rec, ns, field, hook->names[0]))
		return -EPERM;
	ret = orig(nsset, ns);
	if (ret)
		return ret;
	if (foreign && !first && deny_foreign_ns(rec, ns, field, hook->names[0]))
		return -EPERM;
	nsg_record_prepare(rec, nsset->nsproxy);
	return 0;
}

/* Only that of mount namespaces can stay: it looks up a path. */
#define INSTALL(kind, field)						\
static int orig_##kind(struct nsset *nsset, struct ns_common *ns);	\
NSG_WRAPPER_DOOR(int, kind##_install,					\
		 (struct nsset *nsset, struct ns_common *ns),		\
		 (nsset, ns), (field) == NSG_F_MNT_NS, #kind "_install") \
{									\
	return judge_install(nsset, ns, field,				\
			     &nsg_hook_##kind##_install, orig_##kind);	\
}									\
static int orig_##kind(struct nsset *nsset, struct ns_common *ns)	\
{									\
	return nsg_orig(kind##_install)(nsset, ns);			\
}

INSTALL(mntns, NSG_F_MNT_NS)
INSTALL(userns, NSG_F_USER_NS)
INSTALL(pidns, NSG_F_PID_NS_CHILDREN)
INSTALL(netns, NSG_F_NET_NS)
INSTALL(ipcns, NSG_F_IPC_NS)
INSTALL(utsns, NSG_F_UTS_NS)
INSTALL(timens, NSG_F_TIME_NS)
INSTALL(cgroupns, NSG_F_CGROUP_NS)

/**
 * nsg_ns_by_exec - is this what exec() makes of the record's namespaces?
 * @rec: current's record
 * @now: the members of a set
 *
 * A task that has unshared its time namespace gets into it when it executes a
 * program: the set is a new one, and differs in nothing else.
 *
 * Context: any.
 */
bool nsg_ns_by_exec(const struct nsg_record *rec, void *const *now)
{
	void *want[NSG_F_NS_COUNT];

	memcpy(want, rec->nsproxy->ns, sizeof(want));
	want[NSG_F_TIME_NS - NSG_F_NS_FIRST] =
		want[NSG_F_TIME_NS_CHILDREN - NSG_F_NS_FIRST];
	return !memcmp(now, want, sizeof(want));
}

static bool is_of_transition(const struct nsg_record *rec,
			     const struct nsproxy *new, void *const *judged)
{
	/* These three may sleep, and switch nobody but themselves. */
	if (rec->task != current || !nsg_may_sleep())
		return false;
	if (nsg_record_prepared(rec, new) &&
	    (is_audited(rec) ||
	     nsg_host_owns_all(rec->origin, rec->nsproxy->ns, judged)))
		return true;
	return test_bit(NSG_REC_EXEC, &rec->flags) &&
	       nsg_ns_by_exec(rec, judged);
}

/*
 * Who calls is to blame, not whom he means; where the caller is not known, in an
 * interrupt or by a thread of the kernel's, it is who would have gained.
 */
static struct nsg_record *offender(struct nsg_record *rec)
{
	struct nsg_record *caller = in_task() ? nsg_record_live(current) : NULL;

	return caller ?: rec;
}

/*
 * Only setns(), unshare() and exec() switch a task, and each was seen to prepare
 * what it switches to.  The callers can't be told of a failure and drop their
 * pointer, so a refused set is left alone, never freed.
 */
static bool deny_switch(struct nsg_record *rec, const struct nsproxy *new,
			void *const *judged)
{
	static const struct nsg_site site = {
		.layer = NSGUARD_LAYER_TRANSITION,
		.hook = "switch_task_namespaces",
	};
	struct nsg_incident incident = {
		.site = &site,
		.rule = NSG_RULE_NSPROXY_SWITCH,
	};
	u32 inum[NSG_F_NS_COUNT];
	int i;

	if (is_of_transition(rec, new, judged))
		return false;
	incident.target = rec->task == current ? 0 : task_tgid_nr(rec->task);
	nsg_ns_inums(new, inum);
	nsg_subject_of_record(&incident.want, rec);
	incident.have = incident.want;
	incident.have.v[NSG_F_NSPROXY] = 0;
	for (i = 0; i < NSG_F_NS_COUNT; i++)
		incident.have.v[NSG_F_NS_FIRST + i] = inum[i];
	incident.diff = nsg_subject_diff(&incident.want, &incident.have);
	if (!nsg_respond(offender(rec), &incident))
		return false;
	nsg_count(NSG_C_LEAKED_NSPROXIES);
	if (new != init_task.nsproxy)
		kmemleak_not_leak(new);
	return true;
}

NSG_WRAPPER_VOID(switch_task_namespaces,
		 (struct task_struct *p, struct nsproxy *new), (p, new),
		 "switch_task_namespaces")
{
	struct nsg_nsproxy_copy *old;
	void *judged[NSG_F_NS_COUNT];
	struct nsg_record *rec;
	bool deny = false;

	/* Another's record may go: an exploit hands over whom it likes. */
	rcu_read_lock();
	rec = nsg_record_live(p);
	/* Without a set it does not come here: the task exits, or its fork failed. */
	if (likely(!rec)) {
		rcu_read_unlock();
		nsg_orig(switch_task_namespaces)(p, new);
		return;
	}
	nsg_hit(&nsg_hook_switch_task_namespaces);
	/* Once: what is written to it from here on was not judged. */
	nsg_nsproxy_members(judged, new);
	if (p != current && nsg_layer_active(NSGUARD_LAYER_TRANSITION))
		deny = deny_switch(rec, new, judged);
	rcu_read_unlock();
	if (p == current && nsg_layer_active(NSGUARD_LAYER_TRANSITION))
		deny = deny_switch(rec, new, judged);
	if (deny)
		return;
	/* Where nothing may sleep it is no switch of the kernel's to be followed. */
	if (p != current || !nsg_may_sleep()) {
		nsg_orig(switch_task_namespaces)(p, new);
		return;
	}
	/* They were judged, or made by the task itself; before others can see them. */
	if (!is_audited(rec))
		nsg_origin_grow(rec->origin, rec->nsproxy->ns, judged);
	nsg_transition_begin(rec);
	nsg_orig(switch_task_namespaces)(p, new);
	old = nsg_record_follow_nsproxy(rec, new, judged);
	nsg_record_prepare(rec, NULL);
	nsg_transition_end(rec);
	nsg_nsproxy_copy_put(old);
}

#define CLONE_NAMESPACES (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC |		\
			  CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWCGROUP |	\
			  CLONE_NEWTIME)

/* Of a plain fork() it waits for nobody. */
NSG_WRAPPER_DOOR(int, copy_namespaces,
		 (unsigned long flags, struct task_struct *child),
		 (flags, child), flags & CLONE_NAMESPACES, "copy_namespaces")
{
	struct nsg_record *rec = nsg_record_live(current);
	int ret = nsg_orig(copy_namespaces)(flags, child);

	/* Of one that failed nothing is new but what will be forgotten. */
	if (unlikely(rec) && nsg_may_sleep()) {
		nsg_hit(&nsg_hook_copy_namespaces);
		nsg_entry_conceive(child, rec);
	}
	return ret;
}

/* What the kernel has just made, for others to come to and for the switch to find. */
static void grow(const struct nsg_record *rec, const struct nsproxy *new)
{
	void *now[NSG_F_NS_COUNT];

	if (!new || !nsg_may_sleep())
		return;
	nsg_nsproxy_members(now, new);
	if (nsg_host_yields(rec->origin, rec->nsproxy->ns, now))
		nsg_origin_grow(rec->origin, rec->nsproxy->ns, now);
}

NSG_WRAPPER(int, unshare_nsproxy_namespaces,
	    (unsigned long flags, struct nsproxy **new_nsp,
	     struct cred *new_cred, struct fs_struct *new_fs),
	    (flags, new_nsp, new_cred, new_fs), "unshare_nsproxy_namespaces")
{
	struct nsg_record *rec = nsg_record_live(current);
	int ret;

	ret = nsg_orig(unshare_nsproxy_namespaces)(flags, new_nsp, new_cred,
						   new_fs);
	if (unlikely(rec) && !ret) {
		nsg_hit(&nsg_hook_unshare_nsproxy_namespaces);
		rec->made_fs = new_fs;
		nsg_record_prepare(rec, *new_nsp);
		grow(rec, *new_nsp);
	}
	return ret;
}

/* What others have as well is neither exchanged nor of a new namespace. */
static bool is_moved(const struct nsg_record *rec, struct nsg_root *old)
{
	struct path have;

	if (current->fs != old->fs)
		return current->fs == rec->made_fs;
	return !nsg_fs_is_shared(current->fs) &&
	       nsg_root_look(old, current->fs, &have) != NSG_ROOT_THERE;
}

/*
 * unshare() exchanges the fs_struct, and copying a mount namespace moves the
 * root to the copy of its mount, both without a call that could be hooked.  It
 * does so too when the switch to the namespaces it had prepared was refused, and
 * the old fs_struct is gone.
 */
static void follow_root(struct nsg_record *rec, struct nsg_root *spare,
			unsigned int moves, bool done)
{
	const struct nsproxy *refused =
		done && nsg_record_in_call(rec, rec->prepared_call) ?
		rec->prepared : NULL;
	struct nsg_root *old = rec->root;
	u32 inum[NSG_F_NS_COUNT];

	nsg_ns_inums(refused ?: rec->nsproxy->nsproxy, inum);
	if (!is_moved(rec, old) ||
	    !nsg_root_inherit(spare, old, moves, current->fs,
			      inum[NSG_F_MNT_NS - NSG_F_NS_FIRST],
			      rec->origin)) {
		/* As it was; or not by this unshare(), for a check to find. */
		nsg_root_free(spare);
		return;
	}
	nsg_record_set_root(rec, spare);
}

NSG_WRAPPER_DOOR(int, ksys_unshare, (unsigned long flags), (flags), true,
		 "ksys_unshare")
{
	struct nsg_record *rec = nsg_record_live(current);
	struct nsg_root *spare;
	unsigned int moves;
	int ret;

	if (likely(!rec))
		return nsg_orig(ksys_unshare)(flags);
	nsg_hit(&nsg_hook_ksys_unshare);
	spare = nsg_root_alloc(GFP_KERNEL);
	if (!spare)
		return -ENOMEM;
	moves = nsg_root_moves(rec->root);
	rec->made_fs = NULL;
	nsg_record_enter(rec, NSG_REC_UNSHARE);
	ret = nsg_orig(ksys_unshare)(flags);
	nsg_transition_begin(rec);
	follow_root(rec, spare, moves, !ret);
	nsg_record_prepare(rec, NULL);
	clear_bit(NSG_REC_UNSHARE, &rec->flags);
	nsg_transition_end(rec);
	return ret;
}

NSG_WRAPPER_VOID(proc_free_inum, (unsigned int inum), (inum), "proc_free_inum")
{
	/* Before the original: afterwards the number may be another's. */
	nsg_lineage_forget(inum);
	nsg_orig(proc_free_inum)(inum);
}
