/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Mark: the flag of the kernel's that leads a tracked task to the gate.
 *
 * It is the kernel's own for the tracepoints of system calls (raw_syscalls), which
 * are not registered: the flag only makes the kernel take its slow entry path,
 * where the gate stands.  Their last user takes it off every task, so a mark that
 * is missing is a violation only if nobody has done that since it was set.
 */
#ifndef _NSG_MARK_H
#define _NSG_MARK_H

#include <linux/compiler.h>
#include <linux/sched.h>

struct nsg_record;

/* Has the task its mark? */
static __always_inline bool nsg_marked(const struct task_struct *task)
{
	/* Loaded once and tested. */
	return data_race(task->thread_info.syscall_work) &
	       SYSCALL_WORK_SYSCALL_TRACEPOINT;
}

void nsg_mark_init(void);
void nsg_mark(struct nsg_record *rec);
bool nsg_mark_cleared(const struct nsg_record *rec);
void nsg_marks_taken_begin(void);
void nsg_marks_taken_end(void);
void nsg_marks_off(void);

#endif /* _NSG_MARK_H */
