/* SPDX-License-Identifier: GPL-2.0 */
/*
 * Copy of a credential: what of it counts.
 */
#ifndef _NSG_CRED_COPY_H
#define _NSG_CRED_COPY_H

#include <linux/cred.h>

#define NSG_CRED_START	offsetof(struct cred, uid)
#define NSG_CRED_SIZE	(offsetofend(struct cred, cap_ambient) - NSG_CRED_START)

/**
 * struct nsg_cred_copy - the contents of a credential
 * @block: from uid to cap_ambient as they lie in struct cred
 * @user_ns: kept alive by the record's reference on the credential
 * @group_info: the same
 * @ngroups: how many groups it lists
 * @groups: digest of them; 0 if there is none
 */
struct nsg_cred_copy {
	u8 block[NSG_CRED_SIZE] __aligned(8);
	struct user_namespace *user_ns;
	struct group_info *group_info;
	int ngroups;
	u64 groups;
};

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

void nsg_cred_copy_init(void);
void nsg_cred_copy(struct nsg_cred_copy *copy, const struct cred *cred);
bool nsg_cred_peek(struct nsg_cred_copy *copy, const struct cred *cred);

#endif /* _NSG_CRED_COPY_H */
