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
static void digest_groups(struct nsg_cred_copy *copy, int max)
{
	int i, n, count = min3(copy->ngroups, max, NGROUPS_MAX);
	u64 digest = nsg_groups_key.start;
	kgid_t gid[32];

	copy->groups = 0;
	copy->head = 0;
	if (!copy->group_info || count <= 0)
		return;
	for (i = 0; i < count; i += n) {
		n = min_t(int, count - i, ARRAY_SIZE(gid));
		if (copy_from_kernel_nofault(gid, &copy->group_info->gid[i],
					     n * sizeof(gid[0])))
			break;
		digest = nsg_groups_digest(digest, gid, n);
		if (i + n <= NSG_GROUPS_HEAD)
			copy->head = digest;
	}
	copy->groups = digest;
}

static void copy_cred(struct nsg_cred_copy *copy, const struct cred *cred,
		      int max_groups)
{
	memcpy(copy->block, (const char *)cred + NSG_CRED_START, NSG_CRED_SIZE);
	copy->user_ns = cred->user_ns;
	copy->group_info = cred->group_info;
	copy->ngroups = 0;
	if (cred->group_info)
		copy_from_kernel_nofault(&copy->ngroups,
					 &cred->group_info->ngroups,
					 sizeof(copy->ngroups));
	digest_groups(copy, max_groups);
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
	copy_cred(copy, cred, NGROUPS_MAX);
}

/**
 * nsg_cred_peek - nsg_cred_copy() of what may be no credential
 * @copy: filled, with zeros if @cred is no memory
 * @cred: a credential that the caller keeps alive, or an attacker's pointer
 * @max_groups: how many of its groups are looked at: NGROUPS_MAX for all, or
 *	NSG_GROUPS_HEAD, and then @copy->groups is of these alone
 *
 * Context: any.
 * Return: false if it is no memory.
 */
bool nsg_cred_peek(struct nsg_cred_copy *copy, const struct cred *cred,
		   int max_groups)
{
	struct cred local;
	int ngroups;

	if (copy_from_kernel_nofault(&local, cred, sizeof(local))) {
		memset(copy, 0, sizeof(*copy));
		return false;
	}
	/* The rest may be as it should. */
	if (copy_from_kernel_nofault(&ngroups, &local.group_info->ngroups,
				     sizeof(ngroups)))
		local.group_info = NULL;
	copy_cred(copy, &local, max_groups);
	return true;
}
