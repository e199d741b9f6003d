/* SPDX-License-Identifier: GPL-2.0 */
/*
 * The fields of a task's state that nsguard holds it to.
 *
 * Plain data: no pointer is followed here, so that rules and comparison can be
 * tested anywhere.
 */
#ifndef _NSG_FIELD_H
#define _NSG_FIELD_H

#include <linux/bits.h>
#include <linux/types.h>

/**
 * enum nsg_field - one comparable value
 *
 * The order is the order of judgement: the first field that differs names the
 * rule (an exchanged credential differs in its contents too, and it is the
 * exchange that tells the story).
 */
enum nsg_field {
	NSG_F_MARK,		/* 1: the system-call gate's mark is set */
	NSG_F_CRED,		/* 1: real_cred is the record's */
	NSG_F_SUBJ,		/* 1: cred equals real_cred */
	NSG_F_USER_NS,		/* inode number */
	NSG_F_UID,
	NSG_F_GID,
	NSG_F_SUID,
	NSG_F_SGID,
	NSG_F_EUID,
	NSG_F_EGID,
	NSG_F_FSUID,
	NSG_F_FSGID,
	NSG_F_SECUREBITS,
	NSG_F_CAP_INHERITABLE,
	NSG_F_CAP_PERMITTED,
	NSG_F_CAP_EFFECTIVE,
	NSG_F_CAP_BOUNDING,
	NSG_F_CAP_AMBIENT,
	NSG_F_GROUPS,		/* keyed digest of the supplementary groups */
	/* The subjective credential, where it is another than real_cred. */
	NSG_F_SUBJ_USER_NS,
	NSG_F_SUBJ_UID,
	NSG_F_SUBJ_GID,
	NSG_F_SUBJ_SUID,
	NSG_F_SUBJ_SGID,
	NSG_F_SUBJ_EUID,
	NSG_F_SUBJ_EGID,
	NSG_F_SUBJ_FSUID,
	NSG_F_SUBJ_FSGID,
	NSG_F_SUBJ_SECUREBITS,
	NSG_F_SUBJ_CAP_INHERITABLE,
	NSG_F_SUBJ_CAP_PERMITTED,
	NSG_F_SUBJ_CAP_EFFECTIVE,
	NSG_F_SUBJ_CAP_BOUNDING,
	NSG_F_SUBJ_CAP_AMBIENT,
	NSG_F_SUBJ_GROUPS,
	NSG_F_NSPROXY,		/* 1: nsproxy is the record's */
	/* Inode numbers, in the order of struct nsproxy. */
	NSG_F_UTS_NS,
	NSG_F_IPC_NS,
	NSG_F_MNT_NS,
	NSG_F_PID_NS_CHILDREN,
	NSG_F_NET_NS,
	NSG_F_TIME_NS,
	NSG_F_TIME_NS_CHILDREN,
	NSG_F_CGROUP_NS,
	NSG_F_PID_NS,		/* the active one */
	NSG_F_FS_STRUCT,	/* 1: fs is the record's */
	NSG_F_ROOT_MNT_NS,	/* mount namespace the root's mount belongs to */
	NSG_F_ROOT_DEV,
	NSG_F_ROOT_INO,
	NSG_F_PWD_MNT_NS,	/* the same of the working directory */
	NSG_F_SECCOMP_FILTER,	/* 1: it is the record's, or more came on top */
	NSG_F_SECCOMP_MODE,
	NSG_F_SECCOMP_FILTERS,
	NSG_F_NO_NEW_PRIVS,
	NSG_F_COUNT,
};

static_assert(NSG_F_COUNT <= 64);

#define NSG_F_CRED_FIRST	NSG_F_USER_NS
#define NSG_F_CRED_LAST		NSG_F_GROUPS
#define NSG_F_SUBJ_OFFSET	(NSG_F_SUBJ_USER_NS - NSG_F_USER_NS)
#define NSG_F_NS_FIRST		NSG_F_UTS_NS
#define NSG_F_NS_COUNT		(NSG_F_CGROUP_NS - NSG_F_UTS_NS + 1)

#define NSG_F_BIT(f)		BIT_ULL(NSG_F_##f)
#define NSG_F_RANGE(a, b)	GENMASK_ULL(NSG_F_##b, NSG_F_##a)

/**
 * struct nsg_subject - what a task is (or should be), as plain data
 * @v: a value for each field
 */
struct nsg_subject {
	u64 v[NSG_F_COUNT];
};

const char *nsg_field_name(enum nsg_field field);
u64 nsg_subject_diff(const struct nsg_subject *want,
		     const struct nsg_subject *have);

#endif /* _NSG_FIELD_H */
