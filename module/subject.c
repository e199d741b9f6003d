// SPDX-License-Identifier: GPL-2.0
#include <linux/cgroup.h>
#include <linux/ipc_namespace.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/time_namespace.h>
#include <linux/uaccess.h>
#include <linux/user_namespace.h>
#include <linux/utsname.h>
#include <net/net_namespace.h>

#include "compat/compat.h"
#include "context.h"
#include "cred_copy.h"
#include "lineage.h"
#include "mark.h"
#include "mount.h"
#include "origin.h"
#include "record.h"
#include "subject.h"

static void fill_creds(struct nsg_subject *s, const struct cred *cred,
		       u64 user_ns, u64 groups)
{
	s->v[NSG_F_USER_NS] = user_ns;
	s->v[NSG_F_UID] = __kuid_val(cred->uid);
	s->v[NSG_F_GID] = __kgid_val(cred->gid);
	s->v[NSG_F_SUID] = __kuid_val(cred->suid);
	s->v[NSG_F_SGID] = __kgid_val(cred->sgid);
	s->v[NSG_F_EUID] = __kuid_val(cred->euid);
	s->v[NSG_F_EGID] = __kgid_val(cred->egid);
	s->v[NSG_F_FSUID] = __kuid_val(cred->fsuid);
	s->v[NSG_F_FSGID] = __kgid_val(cred->fsgid);
	s->v[NSG_F_SECUREBITS] = cred->securebits;
	s->v[NSG_F_CAP_INHERITABLE] = nsg_cap_value(&cred->cap_inheritable);
	s->v[NSG_F_CAP_PERMITTED] = nsg_cap_value(&cred->cap_permitted);
	s->v[NSG_F_CAP_EFFECTIVE] = nsg_cap_value(&cred->cap_effective);
	s->v[NSG_F_CAP_BOUNDING] = nsg_cap_value(&cred->cap_bset);
	s->v[NSG_F_CAP_AMBIENT] = nsg_cap_value(&cred->cap_ambient);
	s->v[NSG_F_GROUPS] = groups;
}

/* An attacker may have left any pointer. */
static u64 inum_of(const void *ns, size_t offset)
{
	unsigned int inum = 0;

	if (!ns || copy_from_kernel_nofault(&inum, ns + offset, sizeof(inum)))
		return 0;
	return inum;
}

#define USER_NS_INUM	offsetof(struct user_namespace, ns.inum)
#define PID_NS_INUM	offsetof(struct pid_namespace, ns.inum)

/**
 * nsg_subject_creds - a record's credential as fields
 * @s: its credential fields are filled
 * @copy: the copy
 *
 * Context: any.
 */
void nsg_subject_creds(struct nsg_subject *s, const struct nsg_cred_copy *copy)
{
	struct cred cred;

	memcpy((char *)&cred + NSG_CRED_START, copy->block, NSG_CRED_SIZE);
	fill_creds(s, &cred, inum_of(copy->user_ns, USER_NS_INUM),
		   copy->groups);
}

/**
 * nsg_subject_of_cred - a live credential as fields
 * @s: its credential fields are filled, with zeros if @cred is no memory
 * @cred: a credential that the caller keeps alive, or an attacker's pointer
 *
 * Context: any.
 */
void nsg_subject_of_cred(struct nsg_subject *s, const struct cred *cred)
{
	struct nsg_cred_copy copy;

	if (nsg_cred_peek(&copy, cred, NGROUPS_MAX))
		nsg_subject_creds(s, &copy);
	else
		memset(&s->v[NSG_F_CRED_FIRST], 0,
		       (NSG_F_CRED_LAST - NSG_F_CRED_FIRST + 1) * sizeof(u64));
}

/* Where in each namespace its inode number lies; 0: at the beginning. */
static const size_t ns_inum_offset[NSG_F_NS_COUNT] = {
	offsetof(struct uts_namespace, ns.inum),
	offsetof(struct ipc_namespace, ns.inum),
	/* Private to the kernel, but begins with its ns_common. */
	offsetof(struct ns_common, inum),
	offsetof(struct pid_namespace, ns.inum),
	offsetof(struct net, ns.inum),
	offsetof(struct time_namespace, ns.inum),
	offsetof(struct time_namespace, ns.inum),
	offsetof(struct cgroup_namespace, ns.inum),
};

/**
 * nsg_ns_inum - inode number of a namespace
 * @ns: the namespace, maybe no memory
 * @kind: its place in struct nsproxy, from 0
 *
 * Context: any.
 */
u32 nsg_ns_inum(const void *ns, unsigned int kind)
{
	return inum_of(ns, ns_inum_offset[kind]);
}

static void fill_ns(u64 *v, void *const *ns)
{
	int i;

	for (i = 0; i < NSG_F_NS_COUNT; i++)
		v[i] = nsg_ns_inum(ns[i], i);
}

static bool read_ns(void **ns, const struct nsproxy *nsproxy)
{
	return !copy_from_kernel_nofault(ns, (const char *)nsproxy +
					 NSG_NSPROXY_START, NSG_NSPROXY_SIZE);
}

/**
 * nsg_ns_inums - inode numbers of a set of namespaces
 * @nsproxy: the set, kept alive by the caller, or NULL
 * @inum: filled, NSG_F_NS_COUNT of them in the order of the fields; 0 for those that
 *	can't be read
 *
 * Context: any.
 */
void nsg_ns_inums(const struct nsproxy *nsproxy, u32 *inum)
{
	void *ns[NSG_F_NS_COUNT] = {};
	u64 v[NSG_F_NS_COUNT];
	int i;

	read_ns(ns, nsproxy);
	fill_ns(v, ns);
	for (i = 0; i < NSG_F_NS_COUNT; i++)
		inum[i] = v[i];
}

static void fill_root(struct nsg_subject *s, const struct path *path)
{
	const struct super_block *sb = NULL;
	const struct inode *inode = NULL;
	unsigned long ino = 0;
	dev_t dev = 0;

	if (!copy_from_kernel_nofault(&sb, &path->dentry->d_sb, sizeof(sb)))
		copy_from_kernel_nofault(&dev, &sb->s_dev, sizeof(dev));
	if (!copy_from_kernel_nofault(&inode, &path->dentry->d_inode,
				      sizeof(inode)))
		copy_from_kernel_nofault(&ino, &inode->i_ino, sizeof(ino));
	s->v[NSG_F_ROOT_MNT_NS] = nsg_mnt_ns_inum(path->mnt);
	s->v[NSG_F_ROOT_DEV] = dev;
	s->v[NSG_F_ROOT_INO] = ino;
}

/**
 * nsg_pid_ns_inum - the active pid namespace of a task
 * @task: current, or a task that the caller holds
 *
 * The kernel's ns_of_pid() trusts the pointers that it follows.
 *
 * Context: any.
 * Return: inode number, 0 if there is none to be found.
 */
u32 nsg_pid_ns_inum(const struct task_struct *task)
{
	const struct pid *pid;
	const struct pid_namespace *ns;
	unsigned int level;
	u32 inum = 0;

	/* A pid, and what it refers to, is memory until the end of the section. */
	rcu_read_lock();
	pid = READ_ONCE(task->thread_pid);
	if (pid &&
	    !copy_from_kernel_nofault(&level, &pid->level, sizeof(level)) &&
	    level <= MAX_PID_NS_LEVEL &&
	    !copy_from_kernel_nofault(&ns, &pid->numbers[level].ns,
				      sizeof(ns)))
		inum = inum_of(ns, PID_NS_INUM);
	rcu_read_unlock();
	return inum;
}

/**
 * nsg_subject_of_record - what a task should be
 * @s: filled; with no root in interrupts, whose lock is not for them
 * @rec: current's record, or, under RCU, one whose task the caller holds
 *
 * Context: any but NMI.
 */
void nsg_subject_of_record(struct nsg_subject *s, const struct nsg_record *rec)
{
	struct nsg_nsproxy_copy *nsproxy = READ_ONCE(rec->nsproxy);
	struct nsg_root *root = READ_ONCE(rec->root);

	memset(s, 0, sizeof(*s));
	s->v[NSG_F_MARK] = 1;
	s->v[NSG_F_CRED] = 1;
	s->v[NSG_F_SUBJ] = 1;
	s->v[NSG_F_NSPROXY] = 1;
	s->v[NSG_F_FS_STRUCT] = 1;
	nsg_subject_creds(s, &rec->copy);
	memcpy(&s->v[NSG_F_SUBJ_USER_NS], &s->v[NSG_F_USER_NS],
	       (NSG_F_SUBJ_GROUPS - NSG_F_SUBJ_USER_NS + 1) * sizeof(u64));
	if (nsproxy)
		fill_ns(&s->v[NSG_F_NS_FIRST], nsproxy->ns);
	s->v[NSG_F_PWD_MNT_NS] = s->v[NSG_F_MNT_NS];
	s->v[NSG_F_PID_NS] = inum_of(rec->pid_ns, PID_NS_INUM);
	if (root && in_task()) {
		spin_lock(&root->lock);
		fill_root(s, &root->path);
		spin_unlock(&root->lock);
	}
	s->v[NSG_F_SECCOMP_FILTER] = 1;
	s->v[NSG_F_SECCOMP_MODE] = rec->seccomp_mode;
	s->v[NSG_F_SECCOMP_FILTERS] = rec->seccomp_filters;
	s->v[NSG_F_NO_NEW_PRIVS] = rec->no_new_privs;
}

/*
 * A list whose head is the record's is taken for it where not all is looked at:
 * where preemption may be off.
 */
static void fill_live_creds(struct nsg_subject *s, const struct nsg_record *rec,
			    const struct cred *cred, bool all)
{
	struct nsg_cred_copy copy;

	if (!nsg_cred_peek(&copy, cred, all ? NGROUPS_MAX : NSG_GROUPS_HEAD)) {
		memset(&s->v[NSG_F_CRED_FIRST], 0,
		       (NSG_F_CRED_LAST - NSG_F_CRED_FIRST + 1) * sizeof(u64));
		return;
	}
	if (!all && copy.ngroups > NSG_GROUPS_HEAD &&
	    copy.ngroups == rec->copy.ngroups && copy.head == rec->copy.head)
		copy.groups = rec->copy.groups;
	nsg_subject_creds(s, &copy);
}

static void look_at_creds(struct nsg_subject *s, struct nsg_record *rec,
			  unsigned int look)
{
	const struct cred *real, *subj;
	struct nsg_subject other;
	bool all = nsg_may_sleep();

	rcu_read_lock();
	real = rcu_dereference(rec->task->real_cred);
	subj = rcu_access_pointer(rec->task->cred);
	s->v[NSG_F_CRED] = real == rec->cred;
	fill_live_creds(s, rec, real, all);
	if (look & NSG_LOOK_SUBJ && subj != real) {
		s->v[NSG_F_SUBJ] = 0;
		fill_live_creds(&other, rec, subj, all);
		memcpy(&s->v[NSG_F_SUBJ_USER_NS], &other.v[NSG_F_USER_NS],
		       (NSG_F_SUBJ_GROUPS - NSG_F_SUBJ_USER_NS + 1) *
		       sizeof(u64));
	}
	rcu_read_unlock();
}

static void look_at_ns(struct nsg_subject *s, struct nsg_record *rec)
{
	const struct nsg_nsproxy_copy *copy = READ_ONCE(rec->nsproxy);
	const struct nsproxy *nsproxy = rec->task->nsproxy;
	void *ns[NSG_F_NS_COUNT] = {};

	s->v[NSG_F_NSPROXY] = copy && nsproxy == copy->nsproxy;
	read_ns(ns, nsproxy);
	fill_ns(&s->v[NSG_F_NS_FIRST], ns);
	/* None: the task has exited. */
	if (READ_ONCE(rec->task->thread_pid))
		s->v[NSG_F_PID_NS] = nsg_pid_ns_inum(rec->task);
}

/* nsg_host_owns() without its lock, which the sweep's caller has another of. */
static bool is_of(const struct nsg_origin *origin, u32 mnt_ns)
{
	if (nsg_lineage_has(origin, mnt_ns))
		return true;
	return READ_ONCE(origin->lossy) &&
	       !nsg_lineage_foreign(origin, mnt_ns) &&
	       mnt_ns != inum_of(init_task.nsproxy->mnt_ns,
				 offsetof(struct ns_common, inum));
}

/**
 * nsg_pwd_foreign - does the working directory lie in another's mounts?
 * @rec: current's record, or, under RCU, one whose task the caller holds, with
 *	its task_lock()
 *
 * The kernel lets a task go to any directory that it has a descriptor of.  A
 * detached mount is nobody else's.
 *
 * Context: any but interrupts.
 * Return: inode number of the mount namespace, 0 if it is the container's.
 */
u32 nsg_pwd_foreign(const struct nsg_record *rec)
{
	struct nsg_root *root = READ_ONCE(rec->root);
	struct fs_struct *fs = rec->task->fs;
	const struct vfsmount *mnt;
	bool foreign;
	u32 inum;

	/* Another's: that is told of by itself. */
	if (!root || !nsg_root_has(root, fs))
		return 0;
	/*
	 * A sibling may leave it, and nobody else hold it.  To the end: a namespace
	 * that ends loses its mounts a grace period before its number.
	 */
	rcu_read_lock();
	spin_lock(&fs->lock);
	mnt = fs->pwd.mnt;
	spin_unlock(&fs->lock);
	inum = nsg_mnt_ns_inum(mnt);
	/* Found good before, or adopted in audit. */
	foreign = mnt != READ_ONCE(root->pwd_mnt) && inum &&
		  !is_of(READ_ONCE(rec->origin), inum) &&
		  inum != READ_ONCE(root->given_ns);
	rcu_read_unlock();
	if (foreign)
		return inum;
	WRITE_ONCE(root->pwd_mnt, mnt);
	return 0;
}

/* While it moves, it may be at any place of the container's. */
static bool root_is_wrong(struct nsg_root *root, const struct nsg_record *rec,
			  struct path *have)
{
	enum nsg_root_look look;
	bool wrong;
	u32 inum;

	/* Nobody may hold what was found; see nsg_pwd_foreign(). */
	rcu_read_lock();
	look = nsg_root_look(root, rec->task->fs, have);
	inum = nsg_mnt_ns_inum(have->mnt);
	wrong = look == NSG_ROOT_ELSEWHERE ||
		(look == NSG_ROOT_MOVING && inum &&
		 !is_of(READ_ONCE(rec->origin), inum));
	rcu_read_unlock();
	return wrong;
}

static void look_at_root(struct nsg_subject *s, struct nsg_record *rec)
{
	struct nsg_root *root = READ_ONCE(rec->root);
	struct fs_struct *fs = rec->task->fs;
	struct path have = {};
	u32 pwd;

	if (!root)
		return;
	pwd = nsg_pwd_foreign(rec);
	if (pwd)
		s->v[NSG_F_PWD_MNT_NS] = pwd;
	if (nsg_root_has(root, fs)) {
		if (root_is_wrong(root, rec, &have))
			fill_root(s, &have);
	} else {
		s->v[NSG_F_FS_STRUCT] = 0;
		if (!copy_from_kernel_nofault(&have, &fs->root, sizeof(have)))
			fill_root(s, &have);
	}
}

static void look_at_rest(struct nsg_subject *s, const struct nsg_record *rec)
{
	struct task_struct *task = rec->task;

	s->v[NSG_F_SECCOMP_MODE] = READ_ONCE(task->seccomp.mode);
	s->v[NSG_F_SECCOMP_FILTERS] = atomic_read(&task->seccomp.filter_count);
	/* One on top of the others raises their number, or it is in their place. */
	if (s->v[NSG_F_SECCOMP_FILTERS] <= rec->seccomp_filters)
		s->v[NSG_F_SECCOMP_FILTER] =
			task->seccomp.filter == rec->seccomp_filter;
	/* A mode that the entry code is not told of is none. */
	if (!test_task_syscall_work(task, SECCOMP))
		s->v[NSG_F_SECCOMP_MODE] = 0;
	s->v[NSG_F_NO_NEW_PRIVS] = task_no_new_privs(task);
}

/**
 * nsg_subject_compare - compare a task with its record
 * @want: filled: what the task should be
 * @have: filled: what it is, as far as @look goes
 * @rec: current's record, or, under RCU, one whose task the caller holds
 * @look: NSG_LOOK_*; for another task than current, NSG_LOOK_SUBJ and
 *	NSG_LOOK_REST make no sense (the kernel overrides credentials within a
 *	system call; only a task knows what it has in seccomp), and the caller
 *	holds its task_lock(), without which nsproxy and fs may be freed.
 *	NSG_LOOK_REST takes the siglock of current.
 *
 * Context: any but NMI; in interrupts without NSG_LOOK_ROOT and NSG_LOOK_REST.
 * Return: nsg_subject_diff() of the two.
 */
u64 nsg_subject_compare(struct nsg_subject *want, struct nsg_subject *have,
			struct nsg_record *rec, unsigned int look)
{
	nsg_subject_of_record(want, rec);
	*have = *want;
	if (look & NSG_LOOK_MARK)
		have->v[NSG_F_MARK] = !nsg_mark_cleared(rec);
	if (look & NSG_LOOK_CRED)
		look_at_creds(have, rec, look);
	if (look & NSG_LOOK_NS)
		look_at_ns(have, rec);
	if (look & NSG_LOOK_ROOT)
		look_at_root(have, rec);
	if (look & NSG_LOOK_REST) {
		struct sighand_struct *sighand =
			rcu_dereference_protected(current->sighand, true);

		/* A sibling that sets a filter on all threads holds it. */
		spin_lock_irq(&sighand->siglock);
		look_at_rest(have, rec);
		spin_unlock_irq(&sighand->siglock);
	}
	return nsg_subject_diff(want, have);
}
