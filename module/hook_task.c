// SPDX-License-Identifier: GPL-2.0
#include <linux/binfmts.h>
#include <linux/sched.h>
#include <linux/sched/task.h>

#include "adopt.h"
#include "check.h"
#include "config.h"
#include "counter.h"
#include "entry.h"
#include "hook_ns.h"
#include "hook_table.h"
#include "record.h"
#include "sweep.h"

static int exec_tracked(struct nsg_record *rec, struct linux_binprm *bprm,
			unsigned long b, unsigned long c, unsigned long d);

/* Two kernels, two lists of parameters: all registers are handed on. */
NSG_WRAPPER_DOOR(int, bprm_execve,
		 (struct linux_binprm *bprm, unsigned long b, unsigned long c,
		  unsigned long d), (bprm, b, c, d), true, "bprm_execve")
{
	struct nsg_record *rec = nsg_record_live(current);
	struct nsg_entry *entry;
	int ret;

	if (unlikely(rec))
		return exec_tracked(rec, bprm, b, c, d);
	/* One that is PENDING is known already. */
	if (likely(!nsg_entry_possible()) || nsg_record_of(current))
		return nsg_orig(bprm_execve)(bprm, b, c, d);
	entry = nsg_entry_prepare(false);
	if (!entry)
		return -ENOMEM;
	ret = nsg_orig(bprm_execve)(bprm, b, c, d);
	nsg_entry_finish(entry, ret ? NSG_BECAME_NOTHING : NSG_BECAME_PROGRAM);
	return ret;
}

/*
 * prctl(PR_SET_MM), by which CRIU restores a task that has executed nothing: its
 * namespaces and its root are there already, and what it still changes is what
 * every program may.
 */
NSG_WRAPPER_DOOR(int, replace_mm_exe_file,
		 (struct mm_struct *mm, struct file *file), (mm, file), true,
		 "replace_mm_exe_file")
{
	struct nsg_entry *entry;
	int ret;

	if (nsg_record_of(current) || !nsg_entry_possible())
		return nsg_orig(replace_mm_exe_file)(mm, file);
	entry = nsg_entry_prepare(false);
	if (!entry)
		return -ENOMEM;
	ret = nsg_orig(replace_mm_exe_file)(mm, file);
	nsg_entry_finish(entry, ret ? NSG_BECAME_NOTHING : NSG_BECAME_RESTORED);
	return ret;
}

/* The credential has been followed in commit_creds(), which exec() calls. */
static int exec_tracked(struct nsg_record *rec, struct linux_binprm *bprm,
			unsigned long b, unsigned long c, unsigned long d)
{
	struct nsg_nsproxy_copy *old = NULL;
	struct nsg_entry *entry = NULL;
	void *now[NSG_F_NS_COUNT];
	int ret;

	nsg_hit(&nsg_hook_bprm_execve);
	if (unlikely(nsg_entry_may_nest(rec))) {
		entry = nsg_entry_prepare(true);
		if (!entry)
			return -ENOMEM;
	}
	nsg_record_enter(rec, NSG_REC_EXEC);
	ret = nsg_orig(bprm_execve)(bprm, b, c, d);
	nsg_transition_begin(rec);
	if (current->nsproxy != rec->nsproxy->nsproxy) {
		nsg_nsproxy_members(now, current->nsproxy);
		if (nsg_ns_by_exec(rec, now))
			old = nsg_record_follow_nsproxy(rec, current->nsproxy, now);
	}
	clear_bit(NSG_REC_EXEC, &rec->flags);
	nsg_transition_end(rec);
	nsg_nsproxy_copy_put(old);
	if (unlikely(entry))
		nsg_entry_nest(entry, rec, !ret);
	return ret;
}

NSG_WRAPPER(int, security_task_alloc,
	    (struct task_struct *task, unsigned long flags), (task, flags),
	    "security_task_alloc")
{
	static const struct nsg_site site = {
		.layer = NSGUARD_LAYER_USE,
		.hook = "security_task_alloc",
	};
	struct nsg_record *parent = nsg_record_live(current);
	struct nsg_record *rec;
	int ret;

	if (likely(!parent) || !nsg_guarding())
		return nsg_orig(security_task_alloc)(task, flags);
	nsg_hit(&nsg_hook_security_task_alloc);
	if (nsg_layer_active(NSGUARD_LAYER_USE) &&
	    !(nsg_fast_cred(parent, current) &&
	      nsg_fast_ns(parent, current) &&
	      nsg_fast_root(parent, current) && nsg_marked(current)) &&
	    nsg_check(parent, NSG_LOOK_CRED | NSG_LOOK_NS | NSG_LOOK_ROOT |
		      NSG_LOOK_MARK, &site))
		return -EPERM;
	rec = nsg_record_alloc(task, GFP_KERNEL);
	if (!rec)
		return -ENOMEM;
	rec->root_moves = nsg_root_moves(parent->root);
	/* Nobody else knows of the task: it has none. */
	WARN_ON_ONCE(!nsg_record_insert(rec));
	ret = nsg_orig(security_task_alloc)(task, flags);
	/* The kernel frees what it allocated itself, and may not say so. */
	if (ret)
		nsg_record_remove(task);
	return ret;
}

NSG_WRAPPER_VOID(wake_up_new_task, (struct task_struct *task), (task),
		 "wake_up_new_task")
{
	struct nsg_record *rec = nsg_record_of(task);
	struct nsg_record *parent = nsg_record_of(current);

	if (unlikely(READ_ONCE(nsg_adopt_looking)) && !parent)
		nsg_adopt_note(task);
	if (unlikely(parent))
		nsg_hit(&nsg_hook_wake_up_new_task);
	/* The loader may have met the child, and left it to itself. */
	if (unlikely(parent) && rec && nsg_record_is(rec, NSG_REC_NEW))
		nsg_entry_fork(rec, parent);
	/* The rest of its making may have taken off the loader's mark. */
	else if (unlikely(rec))
		nsg_mark(rec);
	else if (unlikely(parent) && nsg_record_is(parent, NSG_REC_PENDING))
		nsg_adopt_child(task, parent);
	nsg_orig(wake_up_new_task)(task);
}

/* Failed forks come here too, maybe from softirq. */
NSG_WRAPPER_VOID(security_task_free, (struct task_struct *task), (task),
		 "security_task_free")
{
	nsg_record_remove(task);
	nsg_orig(security_task_free)(task);
}

/*
 * The task gives back what it holds: what an attacker put in its place would be
 * put once too often, and be freed under the host's feet.
 */
NSG_WRAPPER_VOID(exit_fs, (struct task_struct *task), (task), "exit_fs")
{
	static const struct nsg_site site = { .hook = "exit_fs" };
	struct nsg_record *rec;

	/* Of another: a fork that failed, which has no live record. */
	rec = task == current ? nsg_record_live(task) : NULL;
	if (unlikely(rec)) {
		nsg_hit(&nsg_hook_exit_fs);
		if (rcu_access_pointer(task->cred) != rec->cred ||
		    !nsg_fast_cred(rec, task) ||
		    !nsg_fast_ns(rec, task) || !nsg_fast_root(rec, task))
			nsg_check(rec, NSG_LOOK_CRED | NSG_LOOK_SUBJ |
				  NSG_LOOK_NS | NSG_LOOK_ROOT, &site);
		nsg_record_retire(rec);
	}
	nsg_orig(exit_fs)(task);
	if (unlikely(rec))
		nsg_record_exited(rec);
}

/*
 * The last user of the raw_syscalls tracepoints takes the mark off all tasks.  It may be
 * one that hardly ever runs: until it has, a mark that is missing is forgiven.
 */
NSG_WRAPPER_VOID(syscall_unregfunc, (void), (), "syscall_unregfunc")
{
	preempt_disable();
	nsg_marks_taken_begin();
	nsg_orig(syscall_unregfunc)();
	nsg_marks_taken_end();
	preempt_enable();
	nsg_sweep_rearm();
}
