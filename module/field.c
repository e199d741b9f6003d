// SPDX-License-Identifier: GPL-2.0
#include "field.h"

static const char *const names[NSG_F_COUNT] = {
	[NSG_F_MARK] = "mark",
	[NSG_F_CRED] = "cred",
	[NSG_F_SUBJ] = "subj_cred",
	[NSG_F_USER_NS] = "user_ns",
	[NSG_F_UID] = "uid",
	[NSG_F_GID] = "gid",
	[NSG_F_SUID] = "suid",
	[NSG_F_SGID] = "sgid",
	[NSG_F_EUID] = "euid",
	[NSG_F_EGID] = "egid",
	[NSG_F_FSUID] = "fsuid",
	[NSG_F_FSGID] = "fsgid",
	[NSG_F_SECUREBITS] = "securebits",
	[NSG_F_CAP_INHERITABLE] = "cap_inheritable",
	[NSG_F_CAP_PERMITTED] = "cap_permitted",
	[NSG_F_CAP_EFFECTIVE] = "cap_effective",
	[NSG_F_CAP_BOUNDING] = "cap_bounding",
	[NSG_F_CAP_AMBIENT] = "cap_ambient",
	[NSG_F_GROUPS] = "groups",
	[NSG_F_SUBJ_USER_NS] = "subj_user_ns",
	[NSG_F_SUBJ_UID] = "subj_uid",
	[NSG_F_SUBJ_GID] = "subj_gid",
	[NSG_F_SUBJ_SUID] = "subj_suid",
	[NSG_F_SUBJ_SGID] = "subj_sgid",
	[NSG_F_SUBJ_EUID] = "subj_euid",
	[NSG_F_SUBJ_EGID] = "subj_egid",
	[NSG_F_SUBJ_FSUID] = "subj_fsuid",
	[NSG_F_SUBJ_FSGID] = "subj_fsgid",
	[NSG_F_SUBJ_SECUREBITS] = "subj_securebits",
	[NSG_F_SUBJ_CAP_INHERITABLE] = "subj_cap_inheritable",
	[NSG_F_SUBJ_CAP_PERMITTED] = "subj_cap_permitted",
	[NSG_F_SUBJ_CAP_EFFECTIVE] = "subj_cap_effective",
	[NSG_F_SUBJ_CAP_BOUNDING] = "subj_cap_bounding",
	[NSG_F_SUBJ_CAP_AMBIENT] = "subj_cap_ambient",
	[NSG_F_SUBJ_GROUPS] = "subj_groups",
	[NSG_F_NSPROXY] = "nsproxy",
	[NSG_F_UTS_NS] = "uts_ns",
	[NSG_F_IPC_NS] = "ipc_ns",
	[NSG_F_MNT_NS] = "mnt_ns",
	[NSG_F_PID_NS_CHILDREN] = "pid_ns_children",
	[NSG_F_NET_NS] = "net_ns",
	[NSG_F_TIME_NS] = "time_ns",
	[NSG_F_TIME_NS_CHILDREN] = "time_ns_children",
	[NSG_F_CGROUP_NS] = "cgroup_ns",
	[NSG_F_PID_NS] = "pid_ns",
	[NSG_F_FS_STRUCT] = "fs_struct",
	[NSG_F_ROOT_MNT_NS] = "root_mnt_ns",
	[NSG_F_ROOT_DEV] = "root_dev",
	[NSG_F_ROOT_INO] = "root_ino",
	[NSG_F_PWD_MNT_NS] = "pwd_mnt_ns",
	[NSG_F_SECCOMP_FILTER] = "seccomp_filter",
	[NSG_F_SECCOMP_MODE] = "seccomp_mode",
	[NSG_F_SECCOMP_FILTERS] = "seccomp_filters",
	[NSG_F_NO_NEW_PRIVS] = "no_new_privs",
};

/**
 * nsg_field_name - stable name of a field, as events and the manual use it
 * @field: the field
 *
 * Context: any.
 */
const char *nsg_field_name(enum nsg_field field)
{
	return field < NSG_F_COUNT && names[field] ? names[field] : "unknown";
}

/**
 * nsg_subject_diff - which fields differ
 * @want: what the record says
 * @have: what the task is
 *
 * seccomp and no_new_privs only ever grow by the kernel's own doing, so only a
 * fall counts as a difference.
 *
 * Context: any.
 * Return: a bit per field.
 */
u64 nsg_subject_diff(const struct nsg_subject *want,
		     const struct nsg_subject *have)
{
	u64 diff = 0;
	int i;

	for (i = 0; i < NSG_F_SECCOMP_MODE; i++)
		if (want->v[i] != have->v[i])
			diff |= BIT_ULL(i);
	for (; i < NSG_F_COUNT; i++)
		if (want->v[i] > have->v[i])
			diff |= BIT_ULL(i);
	return diff;
}
