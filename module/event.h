/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Event: what is told of an incident, to netlink and the log.
 */
#ifndef _NSG_EVENT_H
#define _NSG_EVENT_H

struct nsg_origin;
struct task_struct;

struct nsg_incident;

int nsg_event_init(void);
void nsg_event_report(const struct nsg_incident *incident,
		      struct task_struct *task, struct nsg_origin *origin);

#endif /* _NSG_EVENT_H */
