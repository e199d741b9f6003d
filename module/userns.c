// SPDX-License-Identifier: GPL-2.0
/*
 * User namespaces of credentials that an attacker may have made: nothing of them
 * is followed but with copy_from_kernel_nofault(), and no chain without an end.
 */
#include <linux/uaccess.h>
#include <linux/user_namespace.h>

#include "userns.h"

/* The kernel nests 32 deep below the first. */
#define MAX_DEPTH 34

/**
 * nsg_userns_relation - how a user namespace lies to another
 * @ns: the namespace in question, maybe no memory
 * @top: the record's
 *
 * Parents live as long as their children.
 *
 * Context: any.
 */
enum nsg_userns_rel nsg_userns_relation(const struct user_namespace *ns,
					const struct user_namespace *top)
{
	int depth;

	if (ns == top)
		return NSG_USERNS_SAME;
	for (depth = 0; ns && depth < MAX_DEPTH; depth++) {
		if (copy_from_kernel_nofault(&ns, &ns->parent, sizeof(ns)))
			break;
		if (ns == top)
			return NSG_USERNS_BELOW;
	}
	return NSG_USERNS_ELSEWHERE;
}

/**
 * nsg_userns_maker - who has made the outermost of these user namespaces
 * @ns: the innermost, maybe no memory
 *
 * Context: any.
 * Return: the user, as the kernel counts; 0 for the initial namespace, and where no
 *	way leads to it.
 */
u32 nsg_userns_maker(const struct user_namespace *ns)
{
	const struct user_namespace *outer;
	kuid_t owner;
	int depth;

	for (depth = 0; ns && ns != &init_user_ns && depth < MAX_DEPTH; depth++) {
		if (copy_from_kernel_nofault(&outer, &ns->parent, sizeof(outer)))
			break;
		if (outer == &init_user_ns)
			return copy_from_kernel_nofault(&owner, &ns->owner,
							sizeof(owner)) ?
				0 : __kuid_val(owner);
		ns = outer;
	}
	return 0;
}

static bool in_extent(const struct uid_gid_extent *extent, u32 id)
{
	struct uid_gid_extent e;

	return !copy_from_kernel_nofault(&e, extent, sizeof(e)) &&
	       id >= e.lower_first && id - e.lower_first < e.count;
}

/* from_kuid() without its trust: does an id of the kernel's have one in here? */
static bool maps(const struct uid_gid_map *live, u32 id)
{
	const struct uid_gid_extent *extents;
	struct uid_gid_map map;
	u32 i;

	if (copy_from_kernel_nofault(&map, live, sizeof(map)))
		return false;
	extents = map.nr_extents <= UID_GID_MAP_MAX_BASE_EXTENTS ?
		  map.extent : map.forward;
	for (i = 0; i < map.nr_extents && i < UID_GID_MAP_MAX_EXTENTS; i++)
		if (in_extent(&extents[i], id))
			return true;
	return false;
}

/**
 * nsg_userns_maps_uid - does a user have an id in this namespace?
 * @ns: the namespace, maybe no memory
 * @uid: the user, as the kernel counts
 *
 * Context: any.
 */
bool nsg_userns_maps_uid(const struct user_namespace *ns, u32 uid)
{
	return maps(&ns->uid_map, uid);
}

/**
 * nsg_userns_maps_gid - does a group have an id in this namespace?
 * @ns: the namespace, maybe no memory
 * @gid: the group, as the kernel counts
 *
 * Context: any.
 */
bool nsg_userns_maps_gid(const struct user_namespace *ns, u32 gid)
{
	return maps(&ns->gid_map, gid);
}
