/* SPDX-License-Identifier: GPL-2.0 */
#ifndef _NSG_USE_H
#define _NSG_USE_H

#include "hooks.h"
#include "response.h"

/**
 * struct nsg_use - a point of use
 * @hook: its guard
 * @site: what is told of it
 * @namespaces: the members of the nsproxy decide what happens here
 * @visit: another task is what is used; see visit.c
 */
struct nsg_use {
	struct nsg_hook hook;
	struct nsg_site site;
	bool namespaces;
	bool visit;
};

/* Where visit.c finds its own. */
#define NSG_USE_PTRACE 0

#define NSG_USES_MAX 64

extern struct nsg_use nsg_uses[];
extern const unsigned int nsg_uses_count;

void nsg_use_index(void);

#endif /* _NSG_USE_H */
