/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the tables of credentials to be committed are written in.
 */
#ifndef _NSG_COMMIT_KUNIT_H
#define _NSG_COMMIT_KUNIT_H

#include <kunit/test.h>
#include <linux/capability.h>
#include <linux/securebits.h>

#include "rule.h"

/* What docker and its like leave a container. */
#define DOCKER		0xa80425fbULL
#define FULL		(BIT_ULL(CAP_LAST_CAP + 1) - 1)
/* The capabilities that follow the fsuid; see capabilities(7). */
#define FS_CAPS		(BIT_ULL(CAP_CHOWN) | BIT_ULL(CAP_MKNOD) |	  \
			 BIT_ULL(CAP_DAC_OVERRIDE) |			  \
			 BIT_ULL(CAP_DAC_READ_SEARCH) |			  \
			 BIT_ULL(CAP_FOWNER) | BIT_ULL(CAP_FSETID) |	  \
			 BIT_ULL(CAP_LINUX_IMMUTABLE) |			  \
			 BIT_ULL(CAP_MAC_OVERRIDE))
#define CAP(name)	BIT_ULL(CAP_##name)
#define SECBIT(name)	BIT_ULL(SECURE_##name)

#define HOST_USER_NS	0xeffffffdULL
#define CELL_USER_NS	0xf0000100ULL
#define BELOW_USER_NS	0xf0000200ULL

/* A value for a field.  The mark ends a list: it is no part of a credential. */
struct commit_set {
	enum nsg_field field;
	u64 value;
};

#define F(name, value)		{ NSG_F_##name, value }
#define UIDS(r, e, s, f)	F(UID, r), F(EUID, e), F(SUID, s), F(FSUID, f)
#define GIDS(r, e, s, f)	F(GID, r), F(EGID, e), F(SGID, s), F(FSGID, f)
#define CAPS(p, e)		F(CAP_PERMITTED, p), F(CAP_EFFECTIVE, e)
/* What set_cred_user_ns() does to every credential that enters one. */
#define ENTERED							\
	F(USER_NS, BELOW_USER_NS), F(SECUREBITS, 0), CAPS(FULL, FULL),	\
	F(CAP_INHERITABLE, 0), F(CAP_AMBIENT, 0), F(CAP_BOUNDING, FULL)

#define BAD(name)		NSG_F_BIT(name)
#define BAD_UIDS		(BAD(UID) | BAD(EUID) | BAD(SUID) | BAD(FSUID))
#define BAD_GIDS		(BAD(GID) | BAD(EGID) | BAD(SGID) | BAD(FSGID))
#define ALL_UNMAPPED		0xff

enum commit_who {
	ROOT,		/* docker-like: host's user namespace, fewer caps */
	USER,		/* the same, after setuid() to another and exec() */
	PRIVILEGED,	/* root with everything */
	NESTED,		/* root of a user namespace */
};

/**
 * struct commit_param - one credential on its way in
 * @desc: what happens
 * @who: the record's credential
 * @old: how it differs from that of @who
 * @new: how the new credential differs from the record's
 * @rel: where its user namespace lies
 * @unmapped: see struct nsg_commit
 * @exec: see struct nsg_commit
 * @bad: the fields that can't have come about
 */
struct commit_param {
	const char *desc;
	enum commit_who who;
	struct commit_set old[16];
	struct commit_set new[16];
	enum nsg_userns_rel rel;
	u32 unmapped;
	bool exec;
	u64 bad;
};

static const struct commit_set commit_base[][16] = {
	[ROOT] = {
		F(USER_NS, HOST_USER_NS), CAPS(DOCKER, DOCKER),
		F(CAP_BOUNDING, DOCKER), F(GROUPS, 0x1234567890abcdef),
	},
	[USER] = {
		F(USER_NS, HOST_USER_NS), UIDS(1000, 1000, 1000, 1000),
		GIDS(1000, 1000, 1000, 1000), F(CAP_BOUNDING, DOCKER),
	},
	[PRIVILEGED] = {
		F(USER_NS, HOST_USER_NS), CAPS(FULL, FULL),
		F(CAP_BOUNDING, FULL),
	},
	[NESTED] = {
		F(USER_NS, CELL_USER_NS),
		UIDS(100000, 100000, 100000, 100000),
		GIDS(100000, 100000, 100000, 100000),
		CAPS(FULL, FULL), F(CAP_BOUNDING, FULL),
	},
};

static inline void commit_apply(struct nsg_subject *s,
				const struct commit_set *set)
{
	for (; set->field != NSG_F_MARK; set++)
		s->v[set->field] = set->value;
}

/* The verdict on a case of a table. */
static inline u64 commit_verdict(const struct commit_param *param)
{
	struct nsg_subject old = {}, new;
	const struct nsg_commit commit = {
		.old = &old,
		.new = &new,
		.rel = param->rel,
		.unmapped = param->unmapped,
		.exec = param->exec,
	};

	commit_apply(&old, commit_base[param->who]);
	commit_apply(&old, param->old);
	new = old;
	commit_apply(&new, param->new);
	return nsg_rule_commit(&commit);
}

#endif /* _NSG_COMMIT_KUNIT_H */
