// SPDX-License-Identifier: GPL-2.0
/*
 * A violation may be met in any context, by a task that is about to exit.  So
 * what is to be reported of it is captured at once, with references of its own,
 * and a worker sends it (work.h).
 */
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/irq_work.h>
#include <linux/llist.h>
#include <linux/mempool.h>
#include <linux/preempt.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <net/genetlink.h>

#include "config.h"
#include "context.h"
#include "counter.h"
#include "event.h"
#include "hooks.h"
#include "log.h"
#include "netlink.h"
#include "origin.h"
#include "response.h"
#include "trace.h"
#include "work.h"

#define MAX_PARENTS	8
/* A path (4 KiB) and every field there is. */
#define MESSAGE_SIZE	16384
/* Changes in the line of the log; the message has them all. */
#define MAX_LOGGED	4
/* Captured and not sent yet: so many at most, and so many without memory. */
#define MAX_WAITING	4096
#define RESERVE		32

/**
 * struct report - what is reported of an incident
 * @node: in @waiting, then the worker's
 * @incident: a copy, whose site is @site
 * @site: a copy; the strings are the module's
 * @origin: the container; referenced
 * @exe: the executable; referenced; NULL if it can't be told
 * @time: CLOCK_REALTIME nanoseconds
 * @pid: thread group, in the initial pid namespace
 * @tid: thread, in the initial pid namespace
 * @call: number of the system call, -1 if the task is in none
 * @compat: it was entered as a 32-bit one
 * @comm: name of the task
 * @parents: how many of @parent are filled, the nearest first
 * @parent: their pids and names
 * @message: it is to be sent to the listeners
 * @line: it is to be logged
 * @unsent: messages that were held back before this one
 * @unlogged: lines that were
 */
struct report {
	struct llist_node node;
	struct nsg_incident incident;
	struct nsg_site site;
	struct nsg_origin *origin;
	struct file *exe;
	u64 time;
	pid_t pid;
	pid_t tid;
	int call;
	bool compat;
	char comm[TASK_COMM_LEN];
	unsigned int parents;
	struct {
		pid_t pid;
		char comm[TASK_COMM_LEN];
	} parent[MAX_PARENTS];
	bool message;
	bool line;
	u64 unsent;
	u64 unlogged;
};

static void send_waiting(struct work_struct *work);
static void wake_worker(struct irq_work *work);

static mempool_t *pool;
static char *path_buffer; /* the worker's */
static LLIST_HEAD(waiting);
static atomic_t waiting_count;
static DECLARE_WORK(send_work, send_waiting);
static DEFINE_IRQ_WORK(wake_work, wake_worker);
/* The worker's: it alone gives numbers, so that a gap means a loss. */
static u64 sequence;

static struct file *unset_get_mm_exe_file(struct mm_struct *mm)
{
	return NULL;
}

static struct file *unset_get_task_exe_file(struct task_struct *task)
{
	return NULL;
}

/* Neither is exported. */
DEFINE_STATIC_CALL(nsg_get_mm_exe_file, unset_get_mm_exe_file);
DEFINE_STATIC_CALL(nsg_get_task_exe_file, unset_get_task_exe_file);

static unsigned long __init symbol(const char *name)
{
	unsigned long addr = nsg_symbol(name);

	if (!addr)
		nsg_err("this kernel has no function %s\n", name);
	return addr;
}

/**
 * nsg_event_init - get what reporting needs
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT, -ENOMEM.
 */
int __init nsg_event_init(void)
{
	unsigned long of_mm = symbol("get_mm_exe_file");
	unsigned long of_task = symbol("get_task_exe_file");

	if (!of_mm || !of_task)
		return -ENOENT;
	static_call_update(nsg_get_mm_exe_file,
			   (typeof(&unset_get_mm_exe_file))of_mm);
	static_call_update(nsg_get_task_exe_file,
			   (typeof(&unset_get_task_exe_file))of_task);
	path_buffer = kmalloc(PATH_MAX, GFP_KERNEL);
	pool = mempool_create_kmalloc_pool(RESERVE, sizeof(struct report));
	if (path_buffer && pool)
		return 0;
	nsg_event_exit();
	return -ENOMEM;
}

/**
 * nsg_event_flush - wait until what was captured has been sent
 *
 * Context: process context, may sleep.
 */
void nsg_event_flush(void)
{
	irq_work_sync(&wake_work);
	flush_work(&send_work);
}

/**
 * nsg_event_exit - undo nsg_event_init(); nothing is captured any more
 *
 * Context: process context, may sleep.
 */
void nsg_event_exit(void)
{
	mempool_destroy(pool);
	kfree(path_buffer);
}

/**
 * nsg_layer_name - stable name of a layer
 * @layer: NSGUARD_LAYER_*, 0 at a task's exit
 *
 * Context: any.
 */
const char *nsg_layer_name(u32 layer)
{
	switch (layer) {
	case NSGUARD_LAYER_GATE:
		return "gate";
	case NSGUARD_LAYER_USE:
		return "use";
	case NSGUARD_LAYER_SWEEP:
		return "sweep";
	case NSGUARD_LAYER_TRANSITION:
		return "transition";
	default:
		return "exit";
	}
}

/**
 * nsg_verdict_name - stable name of a verdict
 * @verdict: the verdict
 *
 * Context: any.
 */
const char *nsg_verdict_name(enum nsg_verdict verdict)
{
	switch (verdict) {
	case NSG_KILL:
		return "kill";
	case NSG_DENY:
		return "deny";
	default:
		return "audit";
	}
}

static int system_call(struct task_struct *task, bool *compat)
{
	const void *stack = READ_ONCE(task->stack);
	const struct pt_regs *regs;
	unsigned long nr;

	*compat = false;
	if (task->flags & (PF_KTHREAD | PF_IO_WORKER) || !stack)
		return -1;
#ifdef CONFIG_IA32_EMULATION
	*compat = task->thread_info.status & TS_COMPAT;
#endif
	/*
	 * The sweep's task may be exiting, and its stack goes before it does:
	 * then this is no number, or one of nobody's.
	 */
	regs = stack + THREAD_SIZE - TOP_OF_KERNEL_STACK_PADDING -
	       sizeof(*regs);
	if (copy_from_kernel_nofault(&nr, &regs->orig_ax, sizeof(nr)))
		return -1;
	return (int)nr;
}

/* Another's needs its task_lock(), which may be held wherever this is. */
static struct file *exe_of(struct task_struct *task)
{
	if (task == current)
		return task->mm ? static_call(nsg_get_mm_exe_file)(task->mm) :
				  NULL;
	return nsg_may_sleep() ? static_call(nsg_get_task_exe_file)(task) :
				 NULL;
}

static void capture_parents(struct report *r, struct task_struct *task)
{
	struct task_struct *p = task;

	rcu_read_lock();
	/* One that was reaped may name a parent that is no memory any more. */
	while (pid_alive(task) && r->parents < MAX_PARENTS &&
	       !is_global_init(p)) {
		p = rcu_dereference(p->real_parent);
		if (!p || !task_tgid_nr(p))
			break;
		/* No lock: a comm that changes now may come out mixed. */
		strscpy(r->parent[r->parents].comm, p->comm, TASK_COMM_LEN);
		r->parent[r->parents++].pid = task_tgid_nr(p);
	}
	rcu_read_unlock();
}

static void capture(struct report *r, const struct nsg_incident *incident,
		    struct task_struct *task, struct nsg_origin *origin)
{
	r->incident = *incident;
	r->site = *incident->site;
	r->incident.site = &r->site;
	r->origin = nsg_origin_get(origin);
	r->exe = exe_of(task);
	r->time = ktime_get_real_ns();
	r->pid = task_tgid_nr(task);
	r->tid = task_pid_nr(task);
	r->call = system_call(task, &r->compat);
	strscpy(r->comm, task->comm, sizeof(r->comm));
	r->parents = 0;
	capture_parents(r, task);
}

static void drop(struct report *r)
{
	if (r->exe)
		fput(r->exe);
	nsg_origin_put(r->origin);
	mempool_free(r, pool);
	atomic_dec(&waiting_count);
}

static const char *exe_path(struct report *r)
{
	const char *path;

	if (!r->exe)
		return NULL;
	path = d_path(&r->exe->f_path, path_buffer, PATH_MAX);
	return IS_ERR(path) ? NULL : path;
}

/* A container could nest others without end, with a budget each. */
static struct nsg_budget *budget_of(struct nsg_origin *origin)
{
	while (origin->parent)
		origin = origin->parent;
	return &origin->budget;
}

static void log_incident(const struct report *r, const char *exe)
{
	const struct nsg_incident *incident = &r->incident;
	const char *name = r->origin->name;
	char changes[256];
	int i, n = 0, len = 0;

	if (r->unlogged)
		nsg_notice("%llu incidents in container %llu%s were not logged\n",
			   r->unlogged, r->origin->id,
			   budget_of(r->origin)->account ?
				", or its user's that have ended," : "");
	changes[0] = '\0';
	for (i = 0; i < NSG_F_COUNT && n < MAX_LOGGED; i++) {
		if (!(incident->diff & BIT_ULL(i)))
			continue;
		len += scnprintf(changes + len, sizeof(changes) - len,
				 " %s=0x%llx->0x%llx", nsg_field_name(i),
				 incident->want.v[i], incident->have.v[i]);
		n++;
	}
	/* The task chose its name and its path: escape both. */
	pr_warn("nsguard: ALERT rule=%s verdict=%s layer=%s hook=%s container=%*pE pid=%d comm=%*pE exe=%*pE%s%s\n",
		nsg_rule_info(incident->rule)->name,
		nsg_verdict_name(incident->verdict),
		nsg_layer_name(incident->site->layer),
		incident->site->hook ?: "-", (int)strlen(name), name, r->pid,
		(int)strlen(r->comm), r->comm, exe ? (int)strlen(exe) : 1,
		exe ?: "-", changes,
		hweight64(incident->diff) > MAX_LOGGED ? " ..." : "");
}

static int put_changes(struct sk_buff *skb, const struct nsg_incident *incident)
{
	struct nlattr *nest;
	int i;

	for (i = 0; i < NSG_F_COUNT; i++) {
		if (!(incident->diff & BIT_ULL(i)))
			continue;
		nest = nla_nest_start(skb, NSGUARD_A_EVENT_CHANGE);
		if (!nest ||
		    nla_put_string(skb, NSGUARD_A_CHANGE_FIELD,
				   nsg_field_name(i)) ||
		    nla_put_u64_64bit(skb, NSGUARD_A_CHANGE_BEFORE,
				      incident->want.v[i], NSGUARD_A_PAD) ||
		    nla_put_u64_64bit(skb, NSGUARD_A_CHANGE_AFTER,
				      incident->have.v[i], NSGUARD_A_PAD))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_parents(struct sk_buff *skb, const struct report *r)
{
	struct nlattr *nest;
	unsigned int i;

	for (i = 0; i < r->parents; i++) {
		nest = nla_nest_start(skb, NSGUARD_A_EVENT_PARENT);
		if (!nest ||
		    nla_put_u32(skb, NSGUARD_A_PARENT_PID, r->parent[i].pid) ||
		    nla_put_string(skb, NSGUARD_A_PARENT_COMM,
				   r->parent[i].comm))
			return -EMSGSIZE;
		nla_nest_end(skb, nest);
	}
	return 0;
}

static int put_what(struct sk_buff *skb, const struct report *r, u64 seq)
{
	const struct nsg_incident *incident = &r->incident;
	const struct nsg_rule_info *rule = nsg_rule_info(incident->rule);

	if (nla_put_u64_64bit(skb, NSGUARD_A_EVENT_SEQ, seq, NSGUARD_A_PAD) ||
	    nla_put_u64_64bit(skb, NSGUARD_A_EVENT_TIME, r->time,
			      NSGUARD_A_PAD) ||
	    nla_put_string(skb, NSGUARD_A_EVENT_RULE, rule->name) ||
	    nla_put_string(skb, NSGUARD_A_EVENT_FAMILY,
			   rule->family == NSG_DESCENT ? "descent" :
							 "integrity") ||
	    nla_put_string(skb, NSGUARD_A_EVENT_TECHNIQUE, rule->technique) ||
	    nla_put_string(skb, NSGUARD_A_EVENT_LAYER,
			   nsg_layer_name(incident->site->layer)) ||
	    (incident->site->hook &&
	     nla_put_string(skb, NSGUARD_A_EVENT_HOOK, incident->site->hook)) ||
	    nla_put_string(skb, NSGUARD_A_EVENT_VERDICT,
			   nsg_verdict_name(incident->verdict)) ||
	    nla_put_u8(skb, NSGUARD_A_EVENT_MODE, incident->mode))
		return -EMSGSIZE;
	if (incident->target &&
	    nla_put_u32(skb, NSGUARD_A_EVENT_TARGET, incident->target))
		return -EMSGSIZE;
	return put_changes(skb, incident);
}

static int put_who(struct sk_buff *skb, const struct report *r, const char *exe)
{
	if (nla_put_u64_64bit(skb, NSGUARD_A_CONTAINER_ID, r->origin->id,
			      NSGUARD_A_PAD) ||
	    nla_put_string(skb, NSGUARD_A_CONTAINER_NAME, r->origin->name) ||
	    nla_put_u32(skb, NSGUARD_A_CONTAINER_MNT_NS, r->origin->mnt_ns) ||
	    nla_put_s32(skb, NSGUARD_A_EVENT_SYSCALL, r->call) ||
	    (r->compat && nla_put_flag(skb, NSGUARD_A_EVENT_COMPAT)) ||
	    nla_put_u32(skb, NSGUARD_A_EVENT_PID, r->pid) ||
	    nla_put_u32(skb, NSGUARD_A_EVENT_TID, r->tid) ||
	    nla_put_string(skb, NSGUARD_A_EVENT_COMM, r->comm) ||
	    (exe && nla_put_string(skb, NSGUARD_A_EVENT_EXE, exe)))
		return -EMSGSIZE;
	return put_parents(skb, r);
}

static int put_event(struct sk_buff *skb, const struct report *r,
		     const char *exe)
{
	void *head = genlmsg_put(skb, 0, 0, &nsg_genl_family, 0,
				 NSGUARD_CMD_EVENT);

	if (!head || put_what(skb, r, sequence) || put_who(skb, r, exe) ||
	    (r->unsent && nla_put_u64_64bit(skb, NSGUARD_A_EVENT_SUPPRESSED,
					    r->unsent, NSGUARD_A_PAD)))
		return -EMSGSIZE;
	genlmsg_end(skb, head);
	return 0;
}

static void send(const struct report *r, const char *exe)
{
	struct sk_buff *skb = genlmsg_new(MESSAGE_SIZE, GFP_KERNEL);

	sequence++;
	if (skb && !put_event(skb, r, exe)) {
		nsg_netlink_multicast(skb);
	} else {
		nsg_count(NSG_C_EVENTS_LOST);
		nsg_budget_give_back(budget_of(r->origin), NSG_MESSAGE,
				     r->unsent);
		nlmsg_free(skb);
	}
}

/* The worker: in process context, may sleep. */
static void send_waiting(struct work_struct *work)
{
	struct report *r, *next;
	const char *exe;

	llist_for_each_entry_safe(r, next,
				  llist_reverse_order(llist_del_all(&waiting)),
				  node) {
		exe = exe_path(r);
		if (r->line)
			log_incident(r, exe);
		if (r->message)
			send(r, exe);
		drop(r);
		cond_resched();
	}
}

/* In an interrupt: whoever captured may have held a run queue's lock. */
static void wake_worker(struct irq_work *work)
{
	queue_work(nsg_wq, &send_work);
}

static struct report *report_alloc(void)
{
	struct report *r = NULL;

	/* GFP_ATOMIC would wake kswapd, and take a run queue's lock: see wake_worker(). */
	if (atomic_inc_return(&waiting_count) <= MAX_WAITING)
		r = mempool_alloc(pool, __GFP_HIGH | __GFP_NOWARN);
	if (!r)
		atomic_dec(&waiting_count);
	return r;
}

/**
 * nsg_event_report - report an incident
 * @incident: the incident
 * @task: the offender, current or kept alive by the caller
 * @origin: its container
 *
 * It is counted and traced at once, and sent soon.
 *
 * Context: any but NMI; does not sleep.
 */
void nsg_event_report(const struct nsg_incident *incident,
		      struct task_struct *task, struct nsg_origin *origin)
{
	/* That there is a storm is for the whole host, and rare. */
	bool always = incident->rule == NSG_RULE_KILL_STORM;
	struct nsg_budget *budget = budget_of(origin);
	u64 unsent = 0, unlogged = 0;
	bool message, line;
	struct report *r;

	nsg_count(NSG_C_EVENTS);
	atomic64_inc(&origin->events);
	trace_alert(incident, task, origin);
	message = always || nsg_budget_take(budget, NSG_MESSAGE, &unsent);
	line = nsg_budget_take(budget, NSG_LINE, &unlogged);
	if (!message)
		nsg_count(NSG_C_EVENTS_SUPPRESSED);
	if (!message && !line)
		return;
	r = report_alloc();
	if (!r) {
		nsg_count(NSG_C_ALLOC_FAILURES);
		nsg_count(NSG_C_EVENTS_LOST);
		nsg_budget_give_back(budget, NSG_MESSAGE, unsent);
		nsg_budget_give_back(budget, NSG_LINE, unlogged);
		return;
	}
	capture(r, incident, task, origin);
	r->message = message;
	r->line = line;
	r->unsent = unsent;
	r->unlogged = unlogged;
	/*
	 * Who finds others waiting relies on the first to have woken the worker: that
	 * one's container may see to it that it hardly ever runs.
	 */
	preempt_disable();
	if (llist_add(&r->node, &waiting))
		irq_work_queue(&wake_work);
	preempt_enable();
}
