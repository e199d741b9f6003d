// SPDX-License-Identifier: GPL-2.0
/*
 * Visitors: tasks of the host that are inside a container for a while, on their
 * way to start a program there or to look after it (runc's init, nspawn's stub,
 * nsenter).  They hold what the container must not have, and whoever may trace
 * one has it: so a container's task may not.
 */
#include <linux/nsproxy.h>
#include <linux/pid_namespace.h>
#include <linux/ptrace.h>
#include <linux/sched.h>

#include <asm/syscall.h>
#include <asm/unistd.h>

#include "adopt.h"
#include "check.h"
#include "compat/compat.h"
#include "config.h"
#include "guards.h"
#include "lineage.h"
#include "origin.h"
#include "use.h"

/*
 * Inside: the container's mount or process namespace is the task's.  The host's
 * process namespace may be the container's as well, its mount namespace never.
 */
static bool is_inside(const struct nsg_origin *origin,
		      struct task_struct *task)
{
	u32 pid_ns = nsg_pid_ns_inum(task);
	u32 inum[NSG_F_NS_COUNT];

	lockdep_assert_held(&task->alloc_lock);
	if (pid_ns != init_pid_ns.ns.inum && nsg_lineage_has(origin, pid_ns))
		return true;
	/* Of one that exits, none: no container has the number 0. */
	nsg_ns_inums(task->nsproxy, inum);
	return nsg_lineage_has(origin, inum[NSG_F_MNT_NS - NSG_F_NS_FIRST]);
}

static noinline bool refused(struct nsg_record *rec,
			     struct task_struct *target)
{
	struct nsg_incident incident = {
		.site = &nsg_uses[NSG_USE_PTRACE].site,
		.rule = NSG_RULE_VISITOR_ACCESS,
		.target = task_tgid_nr(target),
	};

	nsg_subject_of_record(&incident.want, rec);
	return nsg_respond(rec, &incident);
}

/*
 * Files of /proc that show something (stack, syscall, personality) ask for as much as
 * ptrace() does, but at each read; mem asks once, when it is opened.
 */
static bool is_look(unsigned int mode)
{
	if (!(mode & PTRACE_MODE_FSCREDS) || current->flags & NSG_PF_WORKER ||
	    in_32bit_syscall())
		return false;
	switch (syscall_get_nr(current, task_pt_regs(current))) {
	case __NR_read:
	case __NR_pread64:
	case __NR_readv:
	case __NR_preadv:
	case __NR_preadv2:
	case __NR_sendfile:
	case __NR_splice:
		return true;
	}
	return false;
}

/**
 * nsg_visit_check - judge a task that asks for access to another
 * @return_address: into the hooked function
 * @target: the other task, whose task_lock() the kernel holds here
 * @mode: PTRACE_MODE_*; to read what /proc shows is no more than that
 *
 * ptrace(), process_vm_readv() and _writev(), pidfd_getfd() and /proc/PID/mem
 * come together here.
 *
 * Context: see nsg_use_check().
 * Return: 0 to go on, -EPERM to refuse.
 */
u64 nsg_visit_check(unsigned long return_address, struct task_struct *target,
		    unsigned int mode)
{
	struct nsg_record *rec;
	u64 ret = nsg_use_check(return_address);

	if (ret || !(mode & PTRACE_MODE_ATTACH) || !in_task() || is_look(mode))
		return ret;
	rec = nsg_record_live(current);
	if (!rec || !nsg_layer_active(NSGUARD_LAYER_USE) ||
	    nsg_adopt_goes_on() || nsg_record_of(target) ||
	    !is_inside(READ_ONCE(rec->origin), target))
		return 0;
	return refused(rec, target) ? (u64)-EPERM : 0;
}
