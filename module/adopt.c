// SPDX-License-Identifier: GPL-2.0
/*
 * Adoption: containers that run when the module is loaded.
 *
 * What a running task is can't be written down by another: it may be in the
 * midst of a transition that no hook saw begin.  So the loader only gives it an
 * empty record and the gate's mark, and the task fills the record at its next
 * system call, before that is made.
 */
#include <linux/fs_struct.h>
#include <linux/mm.h>
#include <linux/mount.h>
#include <linux/namei.h>
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/sched/signal.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include <linux/user_namespace.h>

#include "adopt.h"
#include "check.h"
#include "compat/compat.h"
#include "config.h"
#include "counter.h"
#include "entry.h"
#include "grace.h"
#include "host.h"
#include "lineage.h"
#include "log.h"
#include "mark.h"
#include "origin.h"
#include "record.h"
#include "subject.h"
#include "threads.h"

/*
 * Rounds over all tasks.  Each is over a list that gets older meanwhile, so who was
 * made since by a task that was not found yet is noted before it runs
 * (nsg_adopt_note()), and children of those that were go with them
 * (nsg_adopt_child()).  Once all on the list have been looked at, and of the notes none
 * is left, none is missed: each that lives was looked at while it lived.
 */
#define ROUNDS 16
/* So often the notes may have become more meanwhile. */
#define NOTES_ROUNDS 1024

bool nsg_adopt_looking;
bool nsg_adopting;

/* What a task is compared with: pid 1's.  The loader's, while it looks. */
static struct {
	struct path root;
	const struct dentry *base;
} host;

/**
 * struct note - a task that was made while containers are looked for
 * @node: in notes, under notes_lock, then the loader's
 * @task: it, referenced
 */
struct note {
	struct list_head node;
	struct task_struct *task;
};

/* Guards the list, and the end of nsg_adopt_looking, after which nothing is noted. */
static DEFINE_SPINLOCK(notes_lock);
static LIST_HEAD(notes);

/**
 * struct look - what the start rule and an origin need to know of a task
 * @start: the rule's questions
 * @ns: inode numbers, the process namespace's and the user namespace's as well
 * @executed: the task's process has executed a program since it was forked
 * @nsproxy: keep, with the next two, the namespaces: a number that was freed may
 *	be another's by the time it is entered
 * @pid: see @nsproxy
 * @cred: see @nsproxy
 */
struct look {
	struct nsg_start start;
	struct nsg_subject ns;
	bool executed;
	struct nsproxy *nsproxy;
	struct pid *pid;
	const struct cred *cred;
};

static void look_away(struct look *look)
{
	nsg_nsproxy_put(look->nsproxy);
	put_pid(look->pid);
	put_cred(look->cred);
}

/* Whoever has a mount namespace can mount 100,000 times upon each other. */
#define MAX_MOUNTS 64

/*
 * The root of the mount namespace that a path lies in, for comparison: what is mounted
 * right above the top, which is the kernel's and everywhere the same.  NULL if that is
 * farther away than the host's is from anywhere.  Takes over the references.
 */
static const struct dentry *base_of(struct path *path)
{
	const struct dentry *base = path->mnt->mnt_root, *next = base;
	unsigned int i;

	for (i = 0; i < MAX_MOUNTS && follow_up(path); i++) {
		base = next;
		next = path->mnt->mnt_root;
	}
	path_put(path);
	return i < MAX_MOUNTS ? base : NULL;
}

/*
 * Has its process executed a program?  A thread was born after that, and may be all
 * that is left of it: the leader stays, a zombie, until the last has ended.
 */
static bool has_executed(struct task_struct *task)
{
	bool executed = true;

	rcu_read_lock();
	/* One that was reaped may name a leader that is no memory any more. */
	if (pid_alive(task))
		executed = !(READ_ONCE(task->group_leader->flags) & PF_FORKNOEXEC);
	rcu_read_unlock();
	return executed;
}

/*
 * False for a task that is past having namespaces and a root; else look_away()
 * has to follow.
 */
static bool look_at_task(struct task_struct *task, struct look *look)
{
	u32 inum[NSG_F_NS_COUNT];
	struct path root;
	bool there;
	int i;

	memset(look, 0, sizeof(*look));
	look->pid = get_task_pid(task, PIDTYPE_PID);
	look->cred = get_task_cred(task);
	task_lock(task);
	there = task->nsproxy && task->fs;
	if (there) {
		look->nsproxy = task->nsproxy;
		get_nsproxy(look->nsproxy);
		look->start.own_mnt_ns = task->nsproxy->mnt_ns !=
					 init_task.nsproxy->mnt_ns;
		nsg_ns_inums(task->nsproxy, inum);
		for (i = 0; i < NSG_F_NS_COUNT; i++)
			look->ns.v[NSG_F_NS_FIRST + i] = inum[i];
		get_fs_root(task->fs, &root);
	}
	task_unlock(task);

	if (!there) {
		look_away(look);
		return false;
	}

	look->ns.v[NSG_F_ROOT_DEV] = root.dentry->d_sb->s_dev;
	look->ns.v[NSG_F_ROOT_INO] = d_inode(root.dentry)->i_ino;
	look->start.own_root = root.dentry != host.root.dentry;
	/* Who has changed his root to the host's may do so in a container. */
	if (base_of(&root) != host.base)
		look->start.own_root = true;

	/* It loses its number after its namespaces: it had one when they were there. */
	look->ns.v[NSG_F_PID_NS] = ns_of_pid(look->pid)->ns.inum;
	look->ns.v[NSG_F_USER_NS] = look->cred->user_ns->ns.inum;
	look->start.own_pid_or_user_ns =
		look->pid->level || look->cred->user_ns != &init_user_ns;
	look->executed = has_executed(task);
	return true;
}

/*
 * The first process of one of the process namespaces that a task is in, with a
 * reference.  While the task can be found by its number, that is not freed.
 */
static struct task_struct *first_process(struct task_struct *task,
					 unsigned int level)
{
	struct task_struct *first = NULL;
	struct pid *pid;

	rcu_read_lock();
	pid = READ_ONCE(task->thread_pid);
	if (pid)
		first = READ_ONCE(pid->numbers[level].ns->child_reaper);
	if (first && !refcount_inc_not_zero(&first->usage))
		first = NULL;
	rcu_read_unlock();
	return first;
}

/*
 * A container that looks like this.  It has all tasks of a process namespace, or,
 * if that is 0, those of a mount namespace that are not rooted where the host is.
 */
static struct nsg_origin *start_adopted(const struct look *look,
					struct task_struct *task, u32 pid_ns)
{
	enum nsg_start_class class = nsg_start_classify(&look->start);
	struct nsg_origin *origin;

	if (class == NSG_START_NONE)
		return NULL;
	origin = nsg_origin_alloc();
	if (!origin)
		return ERR_PTR(-ENOMEM);
	/* What has never executed a program is no runtime's container. */
	nsg_origin_adopt(origin, &look->ns, task, pid_ns,
			 class == NSG_START_CERTAIN && look->executed);
	return origin;
}

/* The one that a process namespace's first process is in. */
static struct nsg_origin *container_of_first(struct task_struct *task,
					     const struct look *own,
					     unsigned int level)
{
	u32 pid_ns = own->pid->numbers[level].ns->ns.inum;
	struct nsg_origin *origin = nsg_origin_find_outermost(pid_ns);
	struct task_struct *first;
	struct look look;

	if (origin)
		return origin;
	first = first_process(task, level);
	if (first && look_at_task(first, &look)) {
		origin = start_adopted(&look, task, pid_ns);
		look_away(&look);
	} else {
		/*
		 * It exits, for as long as it likes: who can't be asked decides nothing,
		 * not even whether it has executed a program.
		 */
		look = *own;
		look.executed = true;
		origin = start_adopted(&look, task, pid_ns);
	}
	if (first)
		put_task_struct(first);
	return origin;
}

/* The outermost of them. */
static struct nsg_origin *container_of_process(struct task_struct *task,
					       const struct look *own)
{
	struct nsg_origin *origin = NULL;
	unsigned int level;

	for (level = 1; level <= own->pid->level && !origin; level++)
		origin = container_of_first(task, own, level);
	return origin;
}

/*
 * The container of a task, with a reference; started if it is the first of it,
 * NULL if the task is in none.  A process namespace holds a container together
 * whatever mount namespaces its tasks have made; containers inside it are taken
 * for part of it.  Without one, or where its first process is in none, as a shell of
 * the host's is that `unshare --pid` has started, the mount namespace has to tell:
 * what the first process is does not decide what the others are.
 */
static struct nsg_origin *container_of_task(struct task_struct *task,
					    const struct look *own)
{
	struct nsg_origin *origin = container_of_process(task, own);

	if (origin)
		return origin;
	origin = nsg_lineage_owner_get(own->ns.v[NSG_F_MNT_NS]);
	if (origin && own->start.own_root)
		return origin;
	nsg_origin_put(origin);
	return start_adopted(own, task, 0);
}

/*
 * What a task has made or been given is the container's, but for what is the
 * host's or another's: that has to be the first process's as well, which
 * nsg_origin_adopt() took.
 */
static void add_namespaces(struct nsg_origin *origin,
			   const struct nsg_subject *ns)
{
	int i;

	for (i = NSG_F_NS_FIRST; i <= NSG_F_PID_NS; i++)
		if (nsg_host_may_own(origin, ns->v[i]))
			nsg_lineage_add(origin, ns->v[i]);
	if (nsg_host_may_own(origin, ns->v[NSG_F_USER_NS]))
		nsg_lineage_add(origin, ns->v[NSG_F_USER_NS]);
}

static int adopt_seen(struct task_struct *task, const struct look *look)
{
	struct nsg_origin *origin = container_of_task(task, look);
	struct nsg_record *rec;

	if (IS_ERR_OR_NULL(origin))
		return PTR_ERR_OR_ZERO(origin);
	rec = nsg_record_alloc(task, GFP_KERNEL);
	if (!rec) {
		nsg_origin_put(origin);
		return -ENOMEM;
	}
	nsg_record_pend(rec, origin);
	add_namespaces(origin, &look->ns);
	/* Before it can be found: a PENDING task without a mark is a violation. */
	nsg_mark(rec);
	if (nsg_record_insert(rec))
		return 1;
	nsg_record_discard(rec);
	return 0;
}

/* 1 if the task is a container's and was not known yet, 0 if not, or -ENOMEM. */
static int adopt_task(struct task_struct *task)
{
	struct look look;
	int ret;

	if (nsg_record_of(task) || !look_at_task(task, &look))
		return 0;
	ret = adopt_seen(task, &look);
	look_away(&look);
	return ret;
}

/* All threads of users, with a reference each. */
static struct task_struct **all_tasks(unsigned int *count)
{
	struct task_struct **tasks, *process, *task;
	unsigned int n = 0, max = 64;

	rcu_read_lock();
	for_each_process(process)
		nsg_each_thread(process, task)
			max++;
	rcu_read_unlock();
	tasks = kvmalloc_array(max, sizeof(*tasks), GFP_KERNEL);
	if (!tasks)
		return NULL;
	rcu_read_lock();
	for_each_process(process) {
		nsg_each_thread(process, task) {
			if (n < max && !(task->flags & PF_KTHREAD) &&
			    !is_global_init(task))
				tasks[n++] = get_task_struct(task);
		}
	}
	rcu_read_unlock();
	*count = n;
	return tasks;
}

static void free_note(struct note *note)
{
	put_task_struct(note->task);
	kfree(note);
}

/* All that were noted, the last first: it is the one most likely to live. */
static bool take_notes(struct list_head *taken)
{
	spin_lock(&notes_lock);
	list_splice_init(&notes, taken);
	spin_unlock(&notes_lock);
	return !list_empty(taken);
}

/* Not at all after an error: that is what it returns then. */
static int adopt_taken(struct list_head *taken, int err)
{
	struct note *note, *next;
	int found = 0;

	list_for_each_entry_safe(note, next, taken, node) {
		if (err >= 0)
			err = adopt_task(note->task);
		if (err > 0)
			found++;
		free_note(note);
		cond_resched();
	}
	INIT_LIST_HEAD(taken);
	return err < 0 ? err : found;
}

/* How many were new, or -ENOMEM. */
static int adopt_noted(void)
{
	unsigned int i;
	LIST_HEAD(taken);
	int found = 0, n;

	for (i = 0; i < NOTES_ROUNDS && take_notes(&taken); i++) {
		n = adopt_taken(&taken, 0);
		if (n < 0)
			return n;
		found += n;
	}
	return i < NOTES_ROUNDS ? found : max(found, 1);
}

/* The same of all tasks. */
static int adopt_round(void)
{
	struct task_struct **tasks;
	unsigned int i, count;
	int err = 0, found = 0;

	tasks = all_tasks(&count);
	if (!tasks)
		return -ENOMEM;
	for (i = 0; i < count; i++) {
		if (err >= 0)
			err = adopt_task(tasks[i]);
		if (err > 0)
			found++;
		put_task_struct(tasks[i]);
		cond_resched();
	}
	kvfree(tasks);
	if (err >= 0)
		err = adopt_noted();
	return err < 0 ? err : found + err;
}

/*
 * Until a round finds nothing new: how many were found, or -ENOMEM.  @all: the last
 * round has found nobody, and none is missed.
 */
static int adopt_rounds(bool *all)
{
	int found = 1, tasks = 0;
	unsigned int i;

	for (i = 0; i < ROUNDS && found > 0; i++) {
		found = adopt_round();
		if (found > 0)
			tasks += found;
	}
	*all = !found;
	return found < 0 ? found : tasks;
}

/* Nothing is noted any more, and who was is looked at, unless there was an error. */
static int __init end_looking(int err)
{
	LIST_HEAD(taken);

	spin_lock(&notes_lock);
	list_splice_init(&notes, &taken);
	/*
	 * With all records: who was noted since the last round was made by who is in
	 * no container.  Pairs with nsg_adopt_goes_on().
	 */
	smp_store_release(&nsg_adopt_looking, false);
	spin_unlock(&notes_lock);
	return adopt_taken(&taken, err);
}

/**
 * nsg_adopt_begin - containers that run are about to be looked for
 *
 * The hooks are in place.  Before anything is tracked: an exec in one of them, which
 * is none's start, must not be taken for it.
 *
 * Context: process context, may sleep.
 * Return: 0; -EBUSY if a task that is ready to run does not run, -EINTR, -ENOMEM.
 */
int __init nsg_adopt_begin(void)
{
	int err;

	WRITE_ONCE(nsg_adopting, true);
	WRITE_ONCE(nsg_adopt_looking, true);
	/*
	 * Who was in a hooked function before it was hooked, and does not sleep
	 * there, is out of it: no root moves that nobody follows.  Who sleeps in
	 * one changes none but itself, and its record is filled afterwards.
	 */
	err = nsg_wait_tasks(jiffies + NSG_DEADLINE);
	if (!err)
		return 0;
	WRITE_ONCE(nsg_adopting, false);
	return end_looking(err);
}

/**
 * nsg_adopt_all - find the containers that run already
 *
 * The hooks are in place: a task that is in no system call now fills its record
 * before it can fork another.
 *
 * Context: process context, may sleep.
 * Return: 0; -ENOMEM, since a container that nobody watches is none to keep
 *	silent about.
 */
int __init nsg_adopt_all(void)
{
	int tasks, more = 0, last;
	struct path root;
	bool all;

	nsg_host_root_get(&host.root);
	root = host.root;
	path_get(&root);
	host.base = base_of(&root);
	tasks = adopt_rounds(&all);
	/* Containers start again; and those of the execs that began before. */
	WRITE_ONCE(nsg_adopting, false);
	if (tasks >= 0)
		more = adopt_rounds(&all);
	last = end_looking(min3(tasks, more, 0));
	path_put(&host.root);
	if (last < 0)
		return last;
	if (!all) {
		nsg_count(NSG_C_ADOPTION_INCOMPLETE);
		nsg_err("tasks of containers come faster than they are found: some may not be watched until they execute a program\n");
	}
	tasks += more + last;
	if (tasks)
		nsg_notice("%u containers with %u tasks run already\n",
			   nsg_origin_count(), tasks);
	return 0;
}

/* What of current's parent is compared. */
struct parent {
	u64 bounding;
	int seccomp_mode;
};

/*
 * What the first process of the container and current's parent have, where the
 * parent is inside too: who comes from outside was given by the host what it
 * has.  False if there is nothing to compare with.
 */
static bool siblings(struct nsg_subject *first, struct parent *parent)
{
	struct pid_namespace *ns = task_active_pid_ns(current);
	u32 inum[NSG_F_NS_COUNT];
	struct task_struct *task;
	bool inside;
	int i;

	if (ns == &init_pid_ns || is_child_reaper(task_pid(current)))
		return false;
	rcu_read_lock();
	task = rcu_dereference(current->real_parent);
	inside = task_active_pid_ns(task) == ns;
	if (inside) {
		parent->bounding = nsg_cap_value(&__task_cred(task)->cap_bset);
		parent->seccomp_mode = READ_ONCE(task->seccomp.mode);
		task = READ_ONCE(ns->child_reaper);
		nsg_subject_of_cred(first, __task_cred(task));
		first->v[NSG_F_SECCOMP_MODE] = READ_ONCE(task->seccomp.mode);
		task_lock(task);
		if (task->nsproxy) {
			nsg_ns_inums(task->nsproxy, inum);
			for (i = 0; i < NSG_F_NS_COUNT; i++)
				first->v[NSG_F_NS_FIRST + i] = inum[i];
		}
		task_unlock(task);
	}
	rcu_read_unlock();
	return inside;
}

/* The fields that current can't have come to by itself. */
static u64 implausible(const struct nsg_record *rec,
		       const struct nsg_subject *have,
		       const struct nsg_subject *first,
		       const struct parent *parent)
{
	u64 diff = 0;
	int i;

	for (i = NSG_F_NS_FIRST; i < NSG_F_NS_FIRST + NSG_F_NS_COUNT; i++)
		/* None of a kind that this kernel has not. */
		if (have->v[i] && !nsg_lineage_has(rec->origin, have->v[i]))
			diff |= BIT_ULL(i);
	/* A detached root belongs to nobody. */
	if (have->v[NSG_F_ROOT_MNT_NS] &&
	    !nsg_lineage_has(rec->origin, have->v[NSG_F_ROOT_MNT_NS]))
		diff |= NSG_F_BIT(ROOT_MNT_NS);
	if (!nsg_lineage_has(rec->origin, have->v[NSG_F_USER_NS]))
		diff |= NSG_F_BIT(USER_NS);
	/* It is the kernel's; programs run with copies. */
	if (rec->cred == rcu_access_pointer(init_task.cred))
		diff |= NSG_F_BIT(CRED);
	/* Neither grows on the way from either of them; see rule.c. */
	if (have->v[NSG_F_USER_NS] == first->v[NSG_F_USER_NS] &&
	    have->v[NSG_F_CAP_BOUNDING] & ~first->v[NSG_F_CAP_BOUNDING] &&
	    have->v[NSG_F_CAP_BOUNDING] & ~parent->bounding)
		diff |= NSG_F_BIT(CAP_BOUNDING);
	if (!have->v[NSG_F_SECCOMP_MODE] && first->v[NSG_F_SECCOMP_MODE] &&
	    parent->seccomp_mode)
		diff |= NSG_F_BIT(SECCOMP_MODE);
	return diff;
}

static noinline void judge_plausible(struct nsg_record *rec)
{
	static const struct nsg_site site = { .hook = "adoption" };
	struct nsg_incident incident = {
		.site = &site,
		.rule = NSG_RULE_ADOPT_IMPLAUSIBLE,
	};
	struct parent parent;

	nsg_subject_of_record(&incident.have, rec);
	/* It may have come to others since the loader looked. */
	add_namespaces(rec->origin, &incident.have);
	incident.want = incident.have;
	if (!siblings(&incident.want, &parent))
		return;
	incident.diff = implausible(rec, &incident.have, &incident.want,
				    &parent);
	if (!incident.diff)
		return;
	/* What an untampered one would show. */
	incident.have.v[NSG_F_CRED] = !(incident.diff & NSG_F_BIT(CRED));
	incident.want.v[NSG_F_ROOT_MNT_NS] = rec->origin->mnt_ns;
	nsg_respond(rec, &incident);
}

/**
 * nsg_adopt_self - current fills the record that the loader gave it
 * @rec: the record
 *
 * Nothing of what came before is known.  What can't be true is told of, and the
 * task stays as it is: an administrator may have sent it inside.
 *
 * Context: process context at the entry of a system call, may sleep.
 */
void nsg_adopt_self(struct nsg_record *rec)
{
	nsg_entry_adopt(rec);
	nsg_record_publish(rec, rec->origin);
	judge_plausible(rec);
}

/**
 * nsg_adopt_worker - a worker of io_uring fills the record that the loader gave it
 * @rec: current's, PENDING
 *
 * It is what it was made as: nothing of it is judged.
 *
 * Context: process context, may sleep, locks may be held.
 */
void nsg_adopt_worker(struct nsg_record *rec)
{
	nsg_entry_adopt(rec);
	nsg_record_publish(rec, rec->origin);
}

/*
 * A note holds its task's memory, which is its container's: whoever has ended, and is
 * none to look at any more, does not wait for the loader.  With two at a time, and the
 * living ones put behind, the list gets hardly longer than twice as many as live.
 */
static void drop_ended(struct list_head *ended)
{
	struct note *note;
	int i;

	lockdep_assert_held(&notes_lock);
	for (i = 0; i < 2 && !list_empty(&notes); i++) {
		note = list_last_entry(&notes, struct note, node);
		list_move(&note->node,
			  READ_ONCE(note->task->exit_state) ? ended : &notes);
	}
}

/**
 * nsg_adopt_note - current, which nobody has found yet, is about to let a child run
 * @task: the child
 *
 * Current may end before the loader, who has a list of all tasks, comes to it, and the
 * child came too late for that list: so a chain of them could run through between the
 * rounds.  It is the loader who looks: whoever is in a container waits for nothing
 * here, nor is what this takes counted as its container's.
 *
 * Context: process context, may sleep.
 */
void nsg_adopt_note(struct task_struct *task)
{
	struct note *note, *next;
	LIST_HEAD(ended);

	if (task->flags & PF_KTHREAD)
		return;
	/* The caller can't be told of a failure. */
	note = kmalloc(sizeof(*note), GFP_KERNEL | __GFP_NOFAIL);
	note->task = task;
	spin_lock(&notes_lock);
	if (READ_ONCE(nsg_adopt_looking)) {
		drop_ended(&ended);
		get_task_struct(task);
		list_add(&note->node, &notes);
		note = NULL;
	}
	spin_unlock(&notes_lock);
	kfree(note);
	list_for_each_entry_safe(note, next, &ended, node)
		free_note(note);
}

/**
 * nsg_adopt_child - a task whose own record is not filled yet has made another
 * @task: the child, which has not run yet and has no record
 * @parent: current's record, PENDING
 *
 * The loader may be past the place where it would have found it.
 *
 * Context: process context, may sleep.
 */
void nsg_adopt_child(struct task_struct *task, struct nsg_record *parent)
{
	struct nsg_record *rec;

	if (!nsg_guarding())
		return;
	/* The caller can't be told of a failure. */
	rec = nsg_record_alloc(task, GFP_KERNEL | __GFP_NOFAIL);
	nsg_record_pend(rec, nsg_origin_get(parent->origin));
	nsg_mark(rec);
	if (!nsg_record_insert(rec))
		nsg_record_discard(rec);
}
