// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of nsg_rule_commit(): what no caller of commit_creds() makes of
 * the record's credential, and which of its fields give it away.
 */
#include "commit_kunit.h"

/* init_cred, or prepare_kernel_cred() of it */
#define KERNEL_CRED							   \
	F(USER_NS, HOST_USER_NS), UIDS(0, 0, 0, 0), GIDS(0, 0, 0, 0),	   \
	F(SECUREBITS, 0), CAPS(FULL, FULL), F(CAP_BOUNDING, FULL),	   \
	F(GROUPS, 0)

static const struct commit_param commit_illegal_params[] = {
	/* commit_creds(prepare_kernel_cred(&init_task)) */
	{
		"the kernel's credential, by a container's root", .who = ROOT,
		.new = { KERNEL_CRED },
		.bad = BAD(CAP_PERMITTED) | BAD(CAP_BOUNDING)
	},
	{
		"the kernel's credential, by a container's user", .who = USER,
		.new = { KERNEL_CRED },
		.bad = BAD_UIDS | BAD_GIDS | BAD(CAP_PERMITTED) |
		       BAD(CAP_BOUNDING)
	},
	{
		"the kernel's credential, by a privileged container's user",
		.who = USER, .old = { F(CAP_BOUNDING, FULL) },
		.new = { KERNEL_CRED },
		.bad = BAD_UIDS | BAD_GIDS | BAD(CAP_PERMITTED)
	},
	{
		"the kernel's credential, from a user namespace",
		.who = NESTED, .rel = NSG_USERNS_ELSEWHERE,
		.new = { KERNEL_CRED }, .bad = BAD(USER_NS)
	},
	{
		"the kernel's credential during exec", .who = ROOT,
		.new = { KERNEL_CRED }, .exec = true,
		.bad = BAD(CAP_PERMITTED) | BAD(CAP_BOUNDING) | BAD(GROUPS)
	},
	{
		"a user namespace that is no child, and nothing else",
		.who = NESTED, .rel = NSG_USERNS_ELSEWHERE,
		.new = { F(USER_NS, HOST_USER_NS) }, .bad = BAD(USER_NS)
	},
	{
		"a foreign user namespace during exec", .who = USER,
		.rel = NSG_USERNS_ELSEWHERE, .exec = true,
		.new = { F(USER_NS, BELOW_USER_NS) }, .bad = BAD(USER_NS)
	},

	/* ids */
	{
		"uid 0 without CAP_SETUID", .who = USER,
		.new = { UIDS(0, 0, 0, 0) }, .bad = BAD_UIDS
	},
	{
		"gid 0 without CAP_SETGID", .who = USER,
		.new = { GIDS(0, 0, 0, 0) }, .bad = BAD_GIDS
	},
	{
		"uid 0 with CAP_SETUID permitted, not effective", .who = USER,
		.old = { CAPS(CAP(SETUID), 0) }, .new = { UIDS(0, 0, 0, 0) },
		.bad = BAD_UIDS
	},
	{
		"uid 0 with a CAP_SETUID that it brings itself", .who = USER,
		.new = { UIDS(0, 0, 0, 0), CAPS(CAP(SETUID), CAP(SETUID)) },
		.bad = BAD_UIDS | BAD(CAP_PERMITTED)
	},
	{
		"a uid that has no mapping, with CAP_SETUID", .who = NESTED,
		.new = { UIDS(0, 0, 0, 0) }, .unmapped = ALL_UNMAPPED,
		.bad = BAD_UIDS
	},
	{
		"a set-uid program of somebody that has no mapping",
		.who = NESTED, .exec = true, .unmapped = ALL_UNMAPPED,
		.new = { F(EUID, 0), F(SUID, 0), F(FSUID, 0) },
		.bad = BAD(EUID) | BAD(SUID) | BAD(FSUID)
	},
	{
		"uid 0 on the way into a user namespace", .who = USER,
		.rel = NSG_USERNS_BELOW, .unmapped = ALL_UNMAPPED,
		.new = { ENTERED, UIDS(0, 0, 0, 0) }, .bad = BAD_UIDS
	},
	{
		"supplementary groups without CAP_SETGID", .who = USER,
		.new = { F(GROUPS, 0xfeed) }, .bad = BAD(GROUPS)
	},
	{
		"groups dropped without CAP_SETGID", .who = USER,
		.old = { F(GROUPS, 0xfeed) }, .new = { F(GROUPS, 0) },
		.bad = BAD(GROUPS)
	},
	{
		"groups with CAP_SETGID permitted, not effective", .who = USER,
		.old = { CAPS(CAP(SETGID) | CAP(SETUID), CAP(SETUID)) },
		.new = { F(GROUPS, 0xfeed) }, .bad = BAD(GROUPS)
	},
	{
		"groups by executing a program", .who = USER, .exec = true,
		.new = { F(GROUPS, 0xfeed) }, .bad = BAD(GROUPS)
	},

	/* capabilities */
	{
		"permitted grows within the bounding set", .who = USER,
		.new = { CAPS(CAP(CHOWN), CAP(CHOWN)) },
		.bad = BAD(CAP_PERMITTED)
	},
	{
		"permitted grows, effective doesn't yet", .who = ROOT,
		.old = { CAPS(CAP(CHOWN), 0) }, .new = { CAPS(DOCKER, 0) },
		.bad = BAD(CAP_PERMITTED)
	},
	{
		"permitted grows by what is inheritable", .who = USER,
		.old = { F(CAP_INHERITABLE, CAP(SYS_TIME)) },
		.new = { CAPS(CAP(SYS_TIME), 0) }, .bad = BAD(CAP_PERMITTED)
	},
	{
		"exec beyond the bounding and the inheritable set",
		.who = ROOT, .exec = true,
		.new = { CAPS(DOCKER | CAP(SYS_ADMIN), DOCKER) },
		.bad = BAD(CAP_PERMITTED)
	},
	{
		"effective without permitted", .who = USER,
		.new = { CAPS(0, CAP(DAC_OVERRIDE)) },
		.bad = BAD(CAP_EFFECTIVE)
	},
	{
		"effective beyond permitted by executing", .who = ROOT,
		.exec = true, .new = { CAPS(0, DOCKER) },
		.bad = BAD(CAP_EFFECTIVE)
	},
	{
		"effective beyond what a new user namespace permits",
		.who = USER, .rel = NSG_USERNS_BELOW,
		.new = { ENTERED, CAPS(FULL, FULL | BIT_ULL(63)) },
		.bad = BAD(CAP_EFFECTIVE)
	},
	{
		"the bounding set grows by one", .who = ROOT,
		.new = { F(CAP_BOUNDING, DOCKER | CAP(SYS_ADMIN)) },
		.bad = BAD(CAP_BOUNDING)
	},
	{
		"the bounding set grows by executing", .who = ROOT,
		.exec = true, .new = { F(CAP_BOUNDING, FULL) },
		.bad = BAD(CAP_BOUNDING)
	},
	{
		"a bounded capability is exchanged for another", .who = ROOT,
		.new = { F(CAP_BOUNDING, (DOCKER & ~CAP(CHOWN)) |
			   CAP(SYS_MODULE)) },
		.bad = BAD(CAP_BOUNDING)
	},
	{
		"inheritable grows without CAP_SETPCAP", .who = USER,
		.new = { F(CAP_INHERITABLE, CAP(CHOWN)) },
		.bad = BAD(CAP_INHERITABLE)
	},
	{
		"inheritable beyond the bounding set", .who = ROOT,
		.new = { F(CAP_INHERITABLE, CAP(SYS_ADMIN)) },
		.bad = BAD(CAP_INHERITABLE)
	},
	{
		"inheritable grows by executing", .who = USER, .exec = true,
		.new = { F(CAP_INHERITABLE, CAP(CHOWN)) },
		.bad = BAD(CAP_INHERITABLE)
	},
	{
		"ambient that is not inheritable", .who = ROOT,
		.new = { F(CAP_AMBIENT, CAP(CHOWN)) }, .bad = BAD(CAP_AMBIENT)
	},
	{
		"ambient that is not permitted", .who = USER,
		.old = { F(CAP_INHERITABLE, CAP(CHOWN)) },
		.new = { F(CAP_AMBIENT, CAP(CHOWN)) }, .bad = BAD(CAP_AMBIENT)
	},
	{
		"ambient in a new user namespace", .who = USER,
		.rel = NSG_USERNS_BELOW,
		.new = { ENTERED, F(CAP_AMBIENT, CAP(CHOWN)) },
		.bad = BAD(CAP_AMBIENT)
	},

	/* securebits */
	{
		"NOROOT without CAP_SETPCAP", .who = USER,
		.new = { F(SECUREBITS, SECBIT(NOROOT)) }, .bad = BAD(SECUREBITS)
	},
	{
		"a lock off without CAP_SETPCAP", .who = USER,
		.old = { F(SECUREBITS, SECBIT(NOROOT) |
			   SECBIT(NOROOT_LOCKED)) },
		.new = { F(SECUREBITS, 0) }, .bad = BAD(SECUREBITS)
	},
	{
		"KEEP_CAPS and its lock without CAP_SETPCAP", .who = USER,
		.new = { F(SECUREBITS, SECBIT(KEEP_CAPS) |
			   SECBIT(KEEP_CAPS_LOCKED)) },
		.bad = BAD(SECUREBITS)
	},
	{
		"securebits with CAP_SETPCAP permitted, not effective",
		.who = USER, .old = { CAPS(CAP(SETPCAP), 0) },
		.new = { F(SECUREBITS, SECBIT(NOROOT)) }, .bad = BAD(SECUREBITS)
	},
};

KUNIT_ARRAY_PARAM_DESC(commit_illegal, commit_illegal_params, desc);

static void commit_illegal(struct kunit *test)
{
	const struct commit_param *param = test->param_value;

	KUNIT_EXPECT_EQ(test, commit_verdict(param), param->bad);
}

struct commit_id_param {
	const char *desc;
	u64 effective;
	u32 unmapped;
	bool uid_bad;
	bool gid_bad;
};

static const struct commit_id_param commit_id_params[] = {
	{ "without a capability", 0, 0, true, true },
	{
		"with every other one",
		FULL & ~CAP(SETUID) & ~CAP(SETGID), 0, true, true
	},
	{ "with CAP_SETUID", CAP(SETUID), 0, false, true },
	{ "with CAP_SETGID", CAP(SETGID), 0, true, false },
	{
		"with both and no mapping",
		CAP(SETUID) | CAP(SETGID), ALL_UNMAPPED, true, true
	},
};

KUNIT_ARRAY_PARAM_DESC(commit_id, commit_id_params, desc);

static u64 id_verdict(const struct commit_id_param *id, int field, u64 value,
		      u32 unmapped)
{
	const struct commit_param param = {
		.who = USER,
		.old = { CAPS(id->effective, id->effective),
			 GIDS(2000, 2000, 2000, 2000) },
		.new = { { field, value } },
		.unmapped = unmapped,
	};

	return commit_verdict(&param);
}

/* Each of the eight alone; another kind's id is no better than a strange one. */
static void commit_one_id(struct kunit *test)
{
	const struct commit_id_param *id = test->param_value;
	int f;

	for (f = NSG_F_UID; f <= NSG_F_FSGID; f++) {
		bool gid = (f - NSG_F_UID) & 1;
		u64 bad = (gid ? id->gid_bad : id->uid_bad) ? BIT_ULL(f) : 0;
		u32 others = id->unmapped ^ BIT(f - NSG_F_UID) ^ ALL_UNMAPPED;

		KUNIT_EXPECT_EQ_MSG(test, id_verdict(id, f, 7, id->unmapped),
				    bad, "%s", nsg_field_name(f));
		KUNIT_EXPECT_EQ_MSG(test, id_verdict(id, f, gid ? 1000 : 2000,
						     id->unmapped),
				    bad, "other kind, %s", nsg_field_name(f));
		if (!id->unmapped)
			KUNIT_EXPECT_EQ_MSG(test, id_verdict(id, f, 7, others),
					    bad, "its own mapping, %s",
					    nsg_field_name(f));
	}
}

static struct kunit_case commit_illegal_cases[] = {
	KUNIT_CASE_PARAM(commit_illegal, commit_illegal_gen_params),
	KUNIT_CASE_PARAM(commit_one_id, commit_id_gen_params),
	{}
};

static struct kunit_suite commit_illegal_suite = {
	.name = "nsguard_commit_illegal",
	.test_cases = commit_illegal_cases,
};

kunit_test_suite(commit_illegal_suite);
