// SPDX-License-Identifier: GPL-2.0
#include <linux/file.h>
#include <linux/fs.h>
#include <linux/mutex.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/static_call.h>
#include <linux/syscalls.h>
#include <linux/timekeeping.h>
#include <linux/uaccess.h>
#include <net/genetlink.h>

#include "config.h"
#include "counter.h"
#include "event.h"
#include "hooks.h"
#include "log.h"
#include "netlink.h"
#include "origin.h"
#include "response.h"

#define CREATE_TRACE_POINTS
#include "trace.h"

#define MAX_PARENTS	8
/* A path (4 KiB) and every field there is. */
#define MESSAGE_SIZE	16384
/* Changes in the line of the log; the message has them all. */
#define MAX_LOGGED	4
/* Told of one container: messages a second, and lines in each five. */
#define MAX_MESSAGES	32
#define MAX_LINES	10

static struct file *unset_get_task_exe_file(struct task_struct *task)
{
	return NULL;
}

/* Not exported. */
DEFINE_STATIC_CALL(nsg_get_task_exe_file, unset_get_task_exe_file);

/* Numbers go out in their order, so that a gap means a loss. */
static DEFINE_MUTEX(sequence_lock);
static u64 sequence; /* under sequence_lock */

/**
 * nsg_event_init - find what the kernel does not export
 *
 * Context: process context, may sleep.
 * Return: 0, -ENOENT.
 */
int __init nsg_event_init(void)
{
	unsigned long addr = nsg_symbol("get_task_exe_file");

	if (!addr) {
		nsg_err("this kernel has no function get_task_exe_file\n");
		return -ENOENT;
	}
	static_call_update(nsg_get_task_exe_file,
			   (typeof(&unset_get_task_exe_file))addr);
	return 0;
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

/* The caller frees *buf. */
static const char *exe_path(struct task_struct *task, char **buf)
{
	const char *path = NULL;
	struct file *exe;

	*buf = kmalloc(PATH_MAX, GFP_KERNEL);
	if (!*buf)
		return NULL;
	exe = static_call(nsg_get_task_exe_file)(task);
	if (!exe)
		return NULL;
	path = d_path(&exe->f_path, *buf, PATH_MAX);
	fput(exe);
	return IS_ERR(path) ? NULL : path;
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

static void log_incident(const struct nsg_incident *incident,
			 struct task_struct *task, struct nsg_origin *origin,
			 const char *exe)
{
	char changes[256];
	int i, n = 0, len = 0;
	u64 held;

	if (!nsg_quota_take(&origin->lines, 5 * HZ, MAX_LINES, &held))
		return;
	if (held)
		nsg_notice("%llu incidents in container %llu were not logged\n",
			   held, origin->id);
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
		incident->site->hook ?: "-", (int)strlen(origin->name), origin->name,
		task_tgid_nr(task), (int)strnlen(task->comm, TASK_COMM_LEN),
		task->comm, exe ? (int)strlen(exe) : 1, exe ?: "-", changes,
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

static int put_parents(struct sk_buff *skb, struct task_struct *task)
{
	struct task_struct *p = task;
	struct nlattr *nest;
	int i, err = 0;

	rcu_read_lock();
	for (i = 0; i < MAX_PARENTS && !err && !is_global_init(p); i++) {
		char comm[TASK_COMM_LEN];

		p = rcu_dereference(p->real_parent);
		if (!p || !task_tgid_nr(p))
			break;
		/* No lock: a comm that changes now may come out mixed. */
		strscpy(comm, p->comm, sizeof(comm));
		nest = nla_nest_start(skb, NSGUARD_A_EVENT_PARENT);
		if (!nest ||
		    nla_put_u32(skb, NSGUARD_A_PARENT_PID, task_tgid_nr(p)) ||
		    nla_put_string(skb, NSGUARD_A_PARENT_COMM, comm))
			err = -EMSGSIZE;
		else
			nla_nest_end(skb, nest);
	}
	rcu_read_unlock();
	return err;
}

static int put_what(struct sk_buff *skb, const struct nsg_incident *incident,
		    u64 seq)
{
	const struct nsg_rule_info *rule = nsg_rule_info(incident->rule);

	if (nla_put_u64_64bit(skb, NSGUARD_A_EVENT_SEQ, seq, NSGUARD_A_PAD) ||
	    nla_put_u64_64bit(skb, NSGUARD_A_EVENT_TIME, ktime_get_real_ns(),
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

static int put_who(struct sk_buff *skb, struct task_struct *task,
		   const struct nsg_origin *origin, const char *exe)
{
	char comm[TASK_COMM_LEN];
	bool compat;
	int nr = system_call(task, &compat);

	strscpy(comm, task->comm, sizeof(comm));
	if (nla_put_u64_64bit(skb, NSGUARD_A_CONTAINER_ID, origin->id,
			      NSGUARD_A_PAD) ||
	    nla_put_string(skb, NSGUARD_A_CONTAINER_NAME, origin->name) ||
	    nla_put_u32(skb, NSGUARD_A_CONTAINER_MNT_NS, origin->mnt_ns) ||
	    nla_put_s32(skb, NSGUARD_A_EVENT_SYSCALL, nr) ||
	    (compat && nla_put_flag(skb, NSGUARD_A_EVENT_COMPAT)) ||
	    nla_put_u32(skb, NSGUARD_A_EVENT_PID, task_tgid_nr(task)) ||
	    nla_put_u32(skb, NSGUARD_A_EVENT_TID, task_pid_nr(task)) ||
	    nla_put_string(skb, NSGUARD_A_EVENT_COMM, comm) ||
	    (exe && nla_put_string(skb, NSGUARD_A_EVENT_EXE, exe)))
		return -EMSGSIZE;
	return put_parents(skb, task);
}

static int put_event(struct sk_buff *skb, const struct nsg_incident *incident,
		     struct task_struct *task, const struct nsg_origin *origin,
		     const char *exe, u64 held)
{
	void *head = genlmsg_put(skb, 0, 0, &nsg_genl_family, 0,
				 NSGUARD_CMD_EVENT);

	lockdep_assert_held(&sequence_lock);
	if (!head || put_what(skb, incident, sequence) ||
	    put_who(skb, task, origin, exe) ||
	    (held && nla_put_u64_64bit(skb, NSGUARD_A_EVENT_SUPPRESSED, held,
				       NSGUARD_A_PAD)))
		return -EMSGSIZE;
	genlmsg_end(skb, head);
	return 0;
}

static void send(const struct nsg_incident *incident, struct task_struct *task,
		 struct nsg_origin *origin, const char *exe)
{
	/* That there is a storm is for the whole host, and rare. */
	bool always = incident->rule == NSG_RULE_KILL_STORM;
	struct sk_buff *skb;
	u64 held = 0;

	if (!always && !nsg_quota_take(&origin->messages, HZ, MAX_MESSAGES,
				       &held)) {
		nsg_count(NSG_C_EVENTS_SUPPRESSED);
		return;
	}
	skb = genlmsg_new(MESSAGE_SIZE, GFP_KERNEL);
	mutex_lock(&sequence_lock);
	sequence++;
	if (skb && !put_event(skb, incident, task, origin, exe, held)) {
		nsg_netlink_multicast(skb);
	} else {
		nsg_count(NSG_C_EVENTS_LOST);
		nlmsg_free(skb);
	}
	mutex_unlock(&sequence_lock);
}

/**
 * nsg_event_report - tell of an incident
 * @incident: the incident
 * @task: the offender, current or held by the caller
 * @origin: its container
 *
 * Context: process context, may sleep.
 */
void nsg_event_report(const struct nsg_incident *incident,
		      struct task_struct *task, struct nsg_origin *origin)
{
	const char *exe;
	char *buf;

	might_sleep();
	nsg_count(NSG_C_EVENTS);
	atomic64_inc(&origin->events);
	trace_alert(incident, task, origin);
	exe = exe_path(task, &buf);
	log_incident(incident, task, origin, exe);
	send(incident, task, origin, exe);
	kfree(buf);
}
