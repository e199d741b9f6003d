/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Rules: pure predicates over plain data, no locks, no tasks, no allocation.
 */
#ifndef _NSG_RULE_H
#define _NSG_RULE_H

#include "field.h"

enum nsg_family {
	/* A state the kernel never produces; needs no origin. */
	NSG_INTEGRITY,
	/* A move the kernel allows and a container never needs. */
	NSG_DESCENT,
};

/**
 * enum nsg_rule - see rules[] in rule.c for what each stands for
 */
enum nsg_rule {
	NSG_RULE_NONE,
	NSG_RULE_MARK_CLEARED,
	NSG_RULE_CRED_POINTER,
	NSG_RULE_CRED_SUBJECTIVE,
	NSG_RULE_CRED_USERNS,
	NSG_RULE_CRED_CONTENT,
	NSG_RULE_CRED_COMMIT,
	NSG_RULE_NSPROXY_POINTER,
	NSG_RULE_NSPROXY_CONTENT,
	NSG_RULE_NSPROXY_SWITCH,
	NSG_RULE_FS_POINTER,
	NSG_RULE_FS_ROOT,
	NSG_RULE_SECCOMP_WEAKENED,
	NSG_RULE_NNP_CLEARED,
	NSG_RULE_NS_FOREIGN,
	NSG_RULE_ROOT_FOREIGN,
	NSG_RULE_PWD_FOREIGN,
	NSG_RULE_VISITOR_ACCESS,
	NSG_RULE_ADOPT_IMPLAUSIBLE,
	NSG_RULE_KILL_STORM,
	NSG_RULE_COUNT,
};

/**
 * struct nsg_rule_info - what is said of a rule in events and documents
 * @name: stable name
 * @technique: ATT&CK identifier
 * @family: enum nsg_family
 * @fields: the fields whose difference breaks the rule; 0 if it is judged at a
 *	transition
 */
struct nsg_rule_info {
	const char *name;
	const char *technique;
	enum nsg_family family;
	u64 fields;
};

/**
 * enum nsg_userns_rel - how a user namespace lies to the record's
 */
enum nsg_userns_rel {
	NSG_USERNS_SAME,
	NSG_USERNS_BELOW,	/* a strict descendant */
	NSG_USERNS_ELSEWHERE,
};

/**
 * struct nsg_commit - a credential on its way in, to be judged
 * @old: fields of the record's credential
 * @new: fields of the credential to be committed
 * @rel: where its user namespace lies
 * @unmapped: bit i: id field NSG_F_UID + i of @new has no mapping in its user
 *	namespace
 * @exec: the task is executing a program
 */
struct nsg_commit {
	const struct nsg_subject *old;
	const struct nsg_subject *new;
	enum nsg_userns_rel rel;
	u32 unmapped;
	bool exec;
};

const struct nsg_rule_info *nsg_rule_info(enum nsg_rule rule);
enum nsg_rule nsg_rule_of_diff(u64 diff);
u64 nsg_rule_commit(const struct nsg_commit *commit);

#endif /* _NSG_RULE_H */
