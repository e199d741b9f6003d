// SPDX-License-Identifier: GPL-2.0
#include <linux/random.h>
#include <linux/uaccess.h>

#include "cred_copy.h"

/* Compared eight bytes at a time, with four at the end. */
static_assert(NSG_CRED_SIZE <= 80 && NSG_CRED_SIZE % 4 == 0);

struct nsg_groups_key nsg_groups_key __ro_after_init;

/**
 * nsg_cred_copy_init - choose the key of the digests
 *
 * Context: any.
 */
void __init nsg_cred_copy_init(void)
{
	get_random_bytes(&nsg_groups_key, sizeof(nsg_groups_key));
	nsg_groups_key.factor |= 1;
}

/* The list may be no memory, and its length an attacker's. */
static u64 groups_digest(const struct group_info *groups, int ngroups)
{
	u64 digest = nsg_groups_key.start;
	kgid_t gid;
	int i;

	if (!groups || !ngroups)
		return 0;
	for (i = 0; i < ngroups; i++) {
		if (i >= NGROUPS_MAX ||
		    copy_from_kernel_nofault(&gid, &groups->gid[i],
					     sizeof(gid)))
			break;
		digest = nsg_groups_add(digest, gid);
	}
	return digest;
}

/**
 * nsg_cred_copy - copy what counts of a credential
 * @copy: filled
 * @cred: a credential that the caller keeps alive
 *
 * Context: any.
 */
void nsg_cred_copy(struct nsg_cred_copy *copy, const struct cred *cred)
{
	memcpy(copy->block, (const char *)cred + NSG_CRED_START, NSG_CRED_SIZE);
	copy->user_ns = cred->user_ns;
	copy->group_info = cred->group_info;
	copy->ngroups = 0;
	if (cred->group_info)
		copy_from_kernel_nofault(&copy->ngroups,
					 &cred->group_info->ngroups,
					 sizeof(copy->ngroups));
	copy->groups = groups_digest(cred->group_info, copy->ngroups);
}

/**
 * nsg_cred_peek - nsg_cred_copy() of what may be no credential
 * @copy: filled, with zeros if @cred is no memory
 * @cred: a credential that the caller keeps alive, or an attacker's pointer
 *
 * Context: any.
 * Return: false if it is no memory.
 */
bool nsg_cred_peek(struct nsg_cred_copy *copy, const struct cred *cred)
{
	struct cred local;
	int ngroups;

	if (copy_from_kernel_nofault(&local, cred, sizeof(local)) ||
	    copy_from_kernel_nofault(&ngroups, &local.group_info->ngroups,
				     sizeof(ngroups))) {
		memset(copy, 0, sizeof(*copy));
		return false;
	}
	nsg_cred_copy(copy, &local);
	return true;
}
