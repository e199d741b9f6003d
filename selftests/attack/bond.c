// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "attack/bond.h"
#include "common/util.h"

/* As a runtime that trusts no root: no capability, and none by exec(). */
static bool drop_root(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { 0 };

	return !prctl(PR_SET_SECUREBITS, SECBIT_NOROOT | SECBIT_NOROOT_LOCKED) &&
	       !syscall(SYS_capset, &head, none);
}

/* The calls that it takes to use capabilities for something. */
static const unsigned short refused[] = {
	SYS_mount, SYS_finit_module, SYS_mknod, SYS_mknodat, SYS_bpf,
};

static bool install(const struct sock_filter *code, unsigned short len)
{
	struct sock_fprog program = { len, (struct sock_filter *)code };

	return !prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program);
}

/* One that allows everything, and one above it that does not. */
static bool filter(int fixture)
{
	static const struct sock_filter allow =
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_filter code[2 * ARRAY_SIZE(refused) + 2];
	struct sock_filter *at = code;
	size_t i;

	*at++ = (struct sock_filter)
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr));
	for (i = 0; i < ARRAY_SIZE(refused); i++) {
		*at++ = (struct sock_filter)
			BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, refused[i], 0, 1);
		*at++ = (struct sock_filter)
			BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM);
	}
	*at++ = allow;
	return install(&allow, 1) && !ioctl(fixture, FIXTURE_IOC_KEEP_FILTER) &&
	       install(code, at - code);
}

static bool take_many_groups(void)
{
	gid_t groups[MANY_GROUPS];
	size_t i;

	/* What is written over the last is more: the kernel searches in order. */
	for (i = 0; i < MANY_GROUPS; i++)
		groups[i] = 7 + i;
	return !setgroups(MANY_GROUPS, groups);
}

bool bond_as_root(const struct recipe *recipe)
{
	const gid_t group = 7;

	switch (recipe->bond) {
	case BOND_GROUP:
		return !setgroups(1, &group);
	case BOND_GROUPS:
		return take_many_groups();
	case BOND_MEMBER:
		return !setgroups(1, &recipe->shot.value);
	case BOND_NOROOT:
		return drop_root();
	}
	return true;
}

bool bond_as_user(const struct recipe *recipe, int fixture)
{
	switch (recipe->bond) {
	case BOND_SECCOMP:
		return filter(fixture);
	case BOND_NNP:
		return !prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	}
	return true;
}
