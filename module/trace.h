/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The tracepoint nsguard:alert, one for each incident: those, too, that are held
 * back from netlink and the log.
 */
#undef TRACE_SYSTEM
#define TRACE_SYSTEM nsguard

#if !defined(_NSG_TRACE_H) || defined(TRACE_HEADER_MULTI_READ)
#define _NSG_TRACE_H

#include <linux/sched.h>
#include <linux/tracepoint.h>

#include "event.h"
#include "origin.h"
#include "response.h"

/* Arrays: the names are the module's, and it may be gone when they are read. */
TRACE_EVENT(alert,
	TP_PROTO(const struct nsg_incident *incident,
		 const struct task_struct *task,
		 const struct nsg_origin *origin),
	TP_ARGS(incident, task, origin),
	TP_STRUCT__entry(
		__field(u64, container)
		__field(u64, changed)
		__field(pid_t, pid)
		__field(pid_t, target)
		__array(char, comm, TASK_COMM_LEN)
		__array(char, rule, 24)
		__array(char, verdict, 8)
		__array(char, layer, 12)
		__array(char, hook, 32)
	),
	TP_fast_assign(
		__entry->container = origin->id;
		__entry->changed = incident->diff;
		__entry->pid = task->tgid;
		__entry->target = incident->target;
		memcpy(__entry->comm, task->comm, TASK_COMM_LEN);
		strscpy(__entry->rule, nsg_rule_info(incident->rule)->name,
			sizeof(__entry->rule));
		strscpy(__entry->verdict, nsg_verdict_name(incident->verdict),
			sizeof(__entry->verdict));
		strscpy(__entry->layer, nsg_layer_name(incident->site->layer),
			sizeof(__entry->layer));
		strscpy(__entry->hook, incident->site->hook ?: "-",
			sizeof(__entry->hook));
	),
	TP_printk("rule=%s verdict=%s layer=%s hook=%s container=%llu pid=%d comm=%s target=%d changed=0x%llx",
		  __entry->rule, __entry->verdict, __entry->layer,
		  __entry->hook, __entry->container, __entry->pid,
		  __entry->comm, __entry->target, __entry->changed)
);

#endif /* _NSG_TRACE_H */

#undef TRACE_INCLUDE_PATH
#define TRACE_INCLUDE_PATH .
#undef TRACE_INCLUDE_FILE
#define TRACE_INCLUDE_FILE trace
#include <trace/define_trace.h>
