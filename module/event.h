/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Event: what is reported of an incident, to netlink and the log.
 */
#ifndef _NSG_EVENT_H
#define _NSG_EVENT_H

#include <linux/types.h>

#include "response.h"

struct nsg_origin;
struct task_struct;

int nsg_event_init(void);
void nsg_event_flush(void);
void nsg_event_exit(void);
const char *nsg_layer_name(u32 layer);
const char *nsg_verdict_name(enum nsg_verdict verdict);
void nsg_event_report(const struct nsg_incident *incident,
		      struct task_struct *task, struct nsg_origin *origin);

#endif /* _NSG_EVENT_H */
