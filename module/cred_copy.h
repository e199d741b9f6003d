/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copy of a credential: what of it counts.
 */
#ifndef _NSG_CRED_COPY_H
#define _NSG_CRED_COPY_H

#include <linux/compiler.h>
#include <linux/cred.h>
#include <linux/user_namespace.h>

#define NSG_CRED_START	offsetof(struct cred, uid)
#define NSG_CRED_SIZE	(offsetofend(struct cred, cap_ambient) - NSG_CRED_START)

/**
 * struct nsg_cred_copy - the contents of a credential
 * @block: from uid to cap_ambient as they lie in struct cred
 * @user_ns: compared; a record's copy has a reference of its own
 *	(nsg_cred_copy_get()), since an attacker may give back the credential's
 * @group_info: the same; the record's is followed at each system call
 * @ngroups: how many groups it lists
 * @groups: digest of them; 0 if there is none
 * @head: digest of the first NSG_GROUPS_HEAD of them
 */
struct nsg_cred_copy {
	u8 block[NSG_CRED_SIZE] __aligned(8);
	struct user_namespace *user_ns;
	struct group_info *group_info;
	int ngroups;
	u64 groups;
	u64 head;
};

/*
 * A list may be 65,536 long, and a container chooses its length: where preemption
 * may be off only so many are looked at.
 */
#define NSG_GROUPS_HEAD 256

/* Random, so that no other list can be made to fit; @factor is odd. */
extern struct nsg_groups_key {
	u64 start;
	u64 factor;
} nsg_groups_key;

/* One to one in each group, for a digest that every system call can afford. */
static __always_inline u64 nsg_groups_add(u64 digest, kgid_t gid)
{
	return (digest ^ __kgid_val(gid)) * nsg_groups_key.factor;
}

static __always_inline u64 nsg_groups_digest(u64 digest, const kgid_t *gid,
					     int count)
{
	int i;

	for (i = 0; i < count; i++)
		digest = nsg_groups_add(digest, gid[i]);
	return digest;
}

static inline bool nsg_cred_copy_same(const struct nsg_cred_copy *a,
				      const struct nsg_cred_copy *b)
{
	return !memcmp(a->block, b->block, NSG_CRED_SIZE) &&
	       a->user_ns == b->user_ns && a->group_info == b->group_info &&
	       a->ngroups == b->ngroups && a->groups == b->groups;
}

static inline const struct cred *nsg_cred_get(const struct cred *cred)
{
	/* get_cred() writes non_rcu, and all that write it write the same. */
	return data_race(get_cred(cred));
}

/*
 * What the copy points to, while it is a record's.  The last reference to a list
 * of thousands of groups may not go where nothing may sleep; it is the
 * credential's, unless an attacker has given that back.
 */
static inline void nsg_cred_copy_get(const struct nsg_cred_copy *copy)
{
	get_user_ns(copy->user_ns);
	if (copy->group_info)
		get_group_info(copy->group_info);
}

static inline void nsg_cred_copy_put(const struct nsg_cred_copy *copy)
{
	put_user_ns(copy->user_ns);
	if (copy->group_info)
		put_group_info(copy->group_info);
}

void nsg_cred_copy_init(void);
void nsg_cred_copy(struct nsg_cred_copy *copy, const struct cred *cred);
bool nsg_cred_peek(struct nsg_cred_copy *copy, const struct cred *cred,
		   int max_groups);

#endif /* _NSG_CRED_COPY_H */
