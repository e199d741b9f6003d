// SPDX-License-Identifier: GPL-2.0
#include <linux/fs_struct.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/proc_ns.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/user_namespace.h>

#include "config.h"
#include "counter.h"
#include "entry.h"
#include "hook_cred.h"
#include "host.h"
#include "lineage.h"
#include "origin.h"
#include "record.h"
#include "subject.h"
#include "userns.h"

/**
 * struct nsg_entry - what an exec may need, got before its point of no return
 * @rec: for the task; NULL if it has one
 * @origin: for the container it may start
 */
struct nsg_entry {
	struct nsg_record *rec;
	struct nsg_origin *origin;
};

/**
 * nsg_entry_possible - could this exec of an untracked task be one of a
 *	container's?
 *
 * Cheap, for every exec on the host.  A task does not change its mount
 * namespace by executing a program, so the answer holds until its end.
 *
 * Context: process context.
 */
bool nsg_entry_possible(void)
{
	return !nsg_host_mnt_ns_is(current->nsproxy) &&
	       !is_global_init(current) && nsg_guarding() &&
	       !READ_ONCE(nsg_adopting);
}

/**
 * nsg_entry_may_nest - could this exec of a tracked task start or enter a
 *	container inside its own?
 * @rec: current's record
 *
 * As cheap and as lasting an answer as nsg_entry_possible()'s.
 *
 * Context: process context.
 */
bool nsg_entry_may_nest(const struct nsg_record *rec)
{
	u32 inum[NSG_F_NS_COUNT];

	nsg_ns_inums(rec->nsproxy->nsproxy, inum);
	return inum[NSG_F_MNT_NS - NSG_F_NS_FIRST] != rec->origin->mnt_ns;
}

static void discard(struct nsg_entry *entry)
{
	nsg_record_discard(entry->rec);
	nsg_origin_put(entry->origin);
	kfree(entry);
}

/**
 * nsg_entry_prepare - get what the exec may need
 * @tracked: current has a record
 *
 * Context: process context, may sleep.
 * Return: for nsg_entry_finish() or nsg_entry_nest(), or NULL.
 */
struct nsg_entry *nsg_entry_prepare(bool tracked)
{
	struct nsg_entry *entry = kzalloc(sizeof(*entry), GFP_KERNEL);

	if (!entry)
		return NULL;
	entry->origin = nsg_origin_alloc();
	if (!tracked)
		entry->rec = nsg_record_alloc(current, GFP_KERNEL);
	if (!entry->origin || (!tracked && !entry->rec)) {
		discard(entry);
		return NULL;
	}
	return entry;
}

static void look_at_start(struct nsg_start *start)
{
	struct path host, root;

	start->own_mnt_ns = nsg_entry_possible();
	nsg_host_root_get(&host);
	get_fs_root(current->fs, &root);
	start->own_root = root.dentry != host.dentry;
	path_put(&root);
	path_put(&host);
	start->own_pid_or_user_ns =
		task_active_pid_ns(current) != &init_pid_ns ||
		current_user_ns() != &init_user_ns;
}

/*
 * In a mount namespace of the host's, such as a service's with a /tmp of its own, any
 * user can chroot() in a user namespace.  That makes a container of his, and none of
 * what the service starts there.
 */
static bool is_guest(const struct nsg_origin *origin)
{
	/* struct mnt_namespace is private, but begins with its ns_common. */
	struct ns_common *ns = (void *)current->nsproxy->mnt_ns;

	return origin->user && ns->ops->owner(ns) == &init_user_ns;
}

/*
 * The container this task has just become part of, with a reference.  Whoever
 * shares its mount namespace but has the host's root is not inside: a runtime
 * without privileges lives in the namespace in which it makes containers.
 */
static struct nsg_origin *find_or_start(struct nsg_entry *entry,
					enum nsg_became became)
{
	struct nsg_origin *origin;
	u32 inum[NSG_F_NS_COUNT];
	enum nsg_start_class class;
	struct nsg_start start;

	look_at_start(&start);
	class = nsg_start_classify(&start);
	if (class == NSG_START_NONE)
		return NULL;
	nsg_ns_inums(current->nsproxy, inum);
	origin = nsg_lineage_owner_get(inum[NSG_F_MNT_NS - NSG_F_NS_FIRST]);
	if (origin && !is_guest(origin))
		return origin;
	nsg_origin_put(origin);
	origin = entry->origin;
	entry->origin = NULL;
	nsg_origin_start(origin, class == NSG_START_CERTAIN,
			 became == NSG_BECAME_RESTORED);
	return origin;
}

/*
 * The same inside a container, in relation to it.  Where a start is ambiguous
 * the task stays where it is: its container's rules are the stricter ones.
 */
static struct nsg_origin *find_or_nest(struct nsg_entry *entry,
				       struct nsg_record *rec)
{
	struct nsg_origin *outer = rec->origin, *inner;
	struct nsg_subject now;
	struct nsg_start start;

	nsg_subject_of_record(&now, rec);
	start.own_mnt_ns = now.v[NSG_F_MNT_NS] != outer->mnt_ns;
	start.own_root = now.v[NSG_F_ROOT_DEV] != outer->root_dev ||
			 now.v[NSG_F_ROOT_INO] != outer->root_ino;
	start.own_pid_or_user_ns = now.v[NSG_F_PID_NS] != outer->pid_ns ||
				   now.v[NSG_F_USER_NS] != outer->user_ns;
	if (nsg_start_classify(&start) == NSG_START_NONE)
		return NULL;
	inner = nsg_lineage_owner_get(now.v[NSG_F_MNT_NS]);
	if (nsg_origin_within(inner, outer))
		return inner;
	nsg_origin_put(inner);
	if (nsg_start_classify(&start) != NSG_START_CERTAIN)
		return NULL;
	if (outer->depth + 1 >= NSG_DEPTH_MAX) {
		nsg_count(NSG_C_NESTING_FULL);
		return NULL;
	}
	inner = entry->origin;
	entry->origin = NULL;
	nsg_origin_nest(inner, outer, &now);
	return inner;
}

/* Everything as it is now: whoever calls this knows why that is to be trusted. */
static void record_current(struct nsg_record *rec)
{
	rec->root = nsg_root_share(rec->root, current->fs);
	nsg_record_set_cred(rec, current_real_cred());
	nsg_nsproxy_copy_put(nsg_record_set_nsproxy(rec, current->nsproxy));
	nsg_root_give(rec->root, READ_ONCE(current->fs->pwd.mnt));
	nsg_record_follow_rest(rec);
}

/**
 * nsg_entry_finish - the exec of an untracked task, or what is as good as one,
 *	is over
 * @entry: from nsg_entry_prepare(); freed
 * @became: what came of it
 *
 * Context: process context, may sleep.
 */
void nsg_entry_finish(struct nsg_entry *entry, enum nsg_became became)
{
	struct nsg_origin *origin = NULL;

	if (became != NSG_BECAME_NOTHING)
		origin = find_or_start(entry, became);
	if (origin) {
		/* The program is one that the host chose to run there. */
		if (nsg_record_insert(entry->rec)) {
			record_current(entry->rec);
			nsg_record_publish(entry->rec, origin);
			entry->rec = NULL;
		}
		/* Else the loader has met it meanwhile, and left it to itself. */
		nsg_origin_put(origin);
	}
	discard(entry);
}

/**
 * nsg_entry_nest - the exec of a tracked task is over
 * @entry: from nsg_entry_prepare(); freed
 * @rec: current's record, which has followed the exec
 * @executed: it succeeded
 *
 * Context: process context, may sleep.
 */
void nsg_entry_nest(struct nsg_entry *entry, struct nsg_record *rec,
		    bool executed)
{
	struct nsg_origin *inner = executed ? find_or_nest(entry, rec) : NULL;

	if (inner) {
		nsg_record_move(rec, inner);
		nsg_origin_put(inner);
	}
	discard(entry);
}

/**
 * nsg_entry_adopt - fill a record with what current is
 * @rec: current's, PENDING
 *
 * Context: process context, may sleep, locks may be held.
 */
void nsg_entry_adopt(struct nsg_record *rec)
{
	record_current(rec);
}

/*
 * io_uring's polling thread takes the requests of all rings that are attached
 * to it, each as who opened the ring, and the worker that it makes meanwhile is
 * who it is at that moment.
 */
static bool by_ring(const struct nsg_record *rec,
		    const struct nsg_record *parent)
{
	return parent->task->flags & rec->task->flags & PF_IO_WORKER;
}

static bool is_below(const struct user_namespace *ns,
		     const struct nsg_record *parent)
{
	return nsg_userns_relation(ns, parent->copy.user_ns) ==
	       NSG_USERNS_BELOW;
}

/**
 * nsg_entry_conceive - a tracked task's child has got its root and its namespaces
 * @child: it; nobody else can see it yet, nor what is new in its set
 * @parent: current's record
 *
 * Once the child can be seen others of the container may come to what it has, and an
 * attacker may put something else in its place.
 *
 * Context: process context of the parent, may sleep.
 */
void nsg_entry_conceive(struct task_struct *child, struct nsg_record *parent)
{
	const struct cred *cred = rcu_dereference_protected(child->real_cred,
							    true);
	struct nsproxy *nsproxy = child->nsproxy;
	struct user_namespace *user_ns = READ_ONCE(cred->user_ns);
	struct nsg_record *rec = nsg_record_of(child);
	void *now[NSG_F_NS_COUNT];

	if (rec && nsg_record_is(rec, NSG_REC_NEW)) {
		rec->made_fs = child->fs;
		rec->made_cred = cred;
		rec->made_nsproxy = nsproxy;
	}
	if (is_below(user_ns, parent))
		nsg_lineage_add(parent->origin, user_ns->ns.inum);
	if (nsproxy == parent->nsproxy->nsproxy)
		return;
	nsg_nsproxy_members(now, nsproxy);
	if (nsg_host_yields(parent->origin, parent->nsproxy->ns, now))
		nsg_origin_grow(parent->origin, parent->nsproxy->ns, now);
}

/*
 * A child inherits its parent's record, not its parent's state: where the child
 * has a copy of its own, the contents are held to what the record says, so a
 * parent that was tampered with on its way into fork() has no clean child.  In a
 * user namespace of its own it has other capabilities, and nothing else is new.
 */
static void inherit_cred(struct nsg_record *rec, const struct nsg_record *parent)
{
	/* The child does not run yet. */
	const struct cred *cred =
		rcu_dereference_protected(rec->task->real_cred, true);

	/* Of another the child has no reference to give back. */
	if (cred == rec->made_cred) {
		nsg_record_set_cred(rec, cred);
		if (nsg_cred_copy_same(&rec->copy, &parent->copy))
			return;
		/* The copy: what is written to it from here on was not judged. */
		if ((is_below(rec->copy.user_ns, parent) || by_ring(rec, parent)) &&
		    nsg_cred_reachable(parent, &rec->copy))
			return;
	}
	/* The child's first check finds it. */
	nsg_record_follow_cred(rec, parent->cred, &parent->copy);
}

static void inherit_ns(struct nsg_record *rec, struct nsg_record *parent)
{
	struct nsproxy *nsproxy = rec->task->nsproxy;
	void *now[NSG_F_NS_COUNT];

	if (nsproxy == parent->nsproxy->nsproxy) {
		nsg_record_share_nsproxy(rec, parent);
		return;
	}
	if (nsproxy == rec->made_nsproxy) {
		/* Once: what is written to it from here on was not judged. */
		nsg_nsproxy_members(now, nsproxy);
		/* What clone() has made is the container's: nsg_entry_conceive(). */
		if (nsg_host_owns_all(parent->origin, parent->nsproxy->ns, now)) {
			nsg_nsproxy_copy_put(nsg_record_follow_nsproxy(rec, nsproxy, now));
			return;
		}
	}
	/* It has not made this: the child's first check finds it. */
	nsg_record_share_nsproxy(rec, parent);
}

static void inherit_root(struct nsg_record *rec, struct nsg_record *parent)
{
	/* Not what the task has by now: that may be the host's, and would be put right. */
	struct fs_struct *fs = rec->made_fs;
	u32 inum[NSG_F_NS_COUNT];
	struct path want;

	if (fs == parent->root->fs) {
		nsg_root_free(rec->root);
		rec->root = nsg_root_get(parent->root);
		return;
	}
	nsg_ns_inums(rec->nsproxy->nsproxy, inum);
	if (fs == rec->task->fs &&
	    nsg_root_inherit(rec->root, parent->root, rec->root_moves, fs,
			     inum[NSG_F_MNT_NS - NSG_F_NS_FIRST],
			     parent->origin))
		return;
	/* Nothing clone() makes: the child's first check finds it. */
	spin_lock(&parent->root->lock);
	want = parent->root->path;
	path_get(&want);
	spin_unlock(&parent->root->lock);
	nsg_root_init(rec->root, fs, &want);
	path_put(&want);
}

/**
 * nsg_entry_fork - a tracked task's child is about to run
 * @rec: the child's record, inserted by the hook on security_task_alloc()
 * @parent: current's record
 *
 * Context: process context of the parent, may sleep.
 */
void nsg_entry_fork(struct nsg_record *rec, struct nsg_record *parent)
{
	inherit_cred(rec, parent);
	inherit_ns(rec, parent);
	inherit_root(rec, parent);
	/* Where the kernel has taken its number from. */
	rec->pid_ns = rec->nsproxy->ns[NSG_F_PID_NS_CHILDREN - NSG_F_NS_FIRST];
	rec->seccomp_mode = parent->seccomp_mode;
	rec->seccomp_filters = parent->seccomp_filters;
	rec->seccomp_filter = parent->seccomp_filter;
	rec->no_new_privs = parent->no_new_privs;
	nsg_record_publish(rec, parent->origin);
}
