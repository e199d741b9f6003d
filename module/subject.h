/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Subject: a task, and its record, as plain data to compare.
 */
#ifndef _NSG_SUBJECT_H
#define _NSG_SUBJECT_H

#include "field.h"

struct cred;
struct nsproxy;
struct nsg_cred_copy;
struct nsg_record;
struct task_struct;

/* What of a task to look at. */
#define NSG_LOOK_CRED	BIT(0)	/* both pointers, contents */
#define NSG_LOOK_SUBJ	BIT(1)	/* an overridden credential is a difference */
#define NSG_LOOK_NS	BIT(2)
#define NSG_LOOK_ROOT	BIT(3)
#define NSG_LOOK_REST	BIT(4)	/* seccomp, no_new_privs */
#define NSG_LOOK_MARK	BIT(5)

void nsg_subject_of_record(struct nsg_subject *s, const struct nsg_record *rec);
u64 nsg_subject_compare(struct nsg_subject *want, struct nsg_subject *have,
			struct nsg_record *rec, unsigned int look);
u32 nsg_pwd_foreign(const struct nsg_record *rec);
void nsg_subject_creds(struct nsg_subject *s, const struct nsg_cred_copy *copy);
void nsg_subject_of_cred(struct nsg_subject *s, const struct cred *cred);
u32 nsg_pid_ns_inum(const struct task_struct *task);
u32 nsg_ns_inum(const void *ns, unsigned int kind);
void nsg_ns_inums(const struct nsproxy *nsproxy, u32 *inum);

#endif /* _NSG_SUBJECT_H */
