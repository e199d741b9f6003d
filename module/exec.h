/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Who executes a program, and the door before it.
 *
 * Of the functions with a wrapper it is the one in which a task can stay for as long
 * as somebody likes: before its tracer, or while it reads a file that a server does
 * not answer for.  So it is the one that is closed before the module leaves.
 */
#ifndef _NSG_EXEC_H
#define _NSG_EXEC_H

#include <linux/jiffies.h>
#include <linux/list.h>

struct task_struct;

/* Every exec of the host may have to wait as long. */
#define NSG_EXEC_DEADLINE (3 * HZ)

/**
 * struct nsg_exec - one task within execve()
 * @node: in the list of all of them, under exec.c's lock
 * @task: it
 *
 * On the stack of the task: the list holds only those who are in the module's text.
 */
struct nsg_exec {
	struct list_head node;
	struct task_struct *task;
};

int nsg_exec_enter(struct nsg_exec *exec);
void nsg_exec_leave(struct nsg_exec *exec);
void nsg_exec_forget(void);
int nsg_exec_close(unsigned long end);
void nsg_exec_open(void);
void nsg_exec_name(void);

#endif /* _NSG_EXEC_H */
