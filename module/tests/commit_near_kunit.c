// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of nsg_rule_commit(): what comes near to a transition that the
 * kernel makes, and is none.
 */
#include "commit_kunit.h"

#define NNP		F(NO_NEW_PRIVS, 1)
#define FS_UID_5	F(FSUID, 5), F(FSGID, 5)

static const struct commit_param commit_near_params[] = {
	/* ids and groups */
	{
		"a program's owner as the real uid", .who = USER, .exec = true,
		.new = { F(UID, 0) }, .bad = BAD(UID)
	},
	{
		"the same with CAP_SETUID", .who = ROOT, .exec = true,
		.new = { F(UID, 1000), F(GID, 1000) }, .bad = BAD(UID) | BAD(GID)
	},
	{
		"a set-uid root program with no_new_privs", .who = USER,
		.old = { NNP }, .exec = true,
		.new = { F(EUID, 0), F(SUID, 0), F(FSUID, 0),
			 CAPS(DOCKER, DOCKER) },
		.bad = BAD(EUID) | BAD(SUID) | BAD(FSUID) | BAD(CAP_PERMITTED)
	},
	{
		"a set-gid program with no_new_privs", .who = USER,
		.old = { NNP }, .exec = true,
		.new = { F(EGID, 42), F(SGID, 42), F(FSGID, 42) },
		.bad = BAD(EGID) | BAD(SGID) | BAD(FSGID)
	},
	{
		"setuid with no_new_privs is no exec", .who = ROOT,
		.old = { NNP },
		.new = { UIDS(1000, 1000, 1000, 1000), CAPS(0, 0) }, .bad = 0
	},
	{
		"exec with no_new_privs drops a set-uid program's ids",
		.who = USER, .old = { NNP, F(EUID, 5), F(FSUID, 5) },
		.exec = true, .new = { F(EUID, 1000), F(FSUID, 1000) }, .bad = 0
	},
	{
		"effective ids from the file-system ids", .who = USER,
		.old = { FS_UID_5 }, .new = { F(EUID, 5), F(EGID, 5) },
		.bad = BAD(EUID) | BAD(EGID)
	},
	{
		"file-system ids stay what they are", .who = USER,
		.old = { FS_UID_5, F(SUID, 6) }, .new = { F(EUID, 6) }, .bad = 0
	},
	{
		"a mapped uid on the way into a user namespace", .who = ROOT,
		.rel = NSG_USERNS_BELOW,
		.new = { ENTERED, F(UID, 7), F(SGID, 7) },
		.bad = BAD(UID) | BAD(SGID)
	},
	{
		"ids permuted on the way into a user namespace", .who = USER,
		.old = { F(EUID, 5), F(FSUID, 5) }, .rel = NSG_USERNS_BELOW,
		.new = { ENTERED, F(EUID, 1000) }, .bad = BAD(EUID)
	},
	{
		"groups on the way into a user namespace", .who = ROOT,
		.rel = NSG_USERNS_BELOW, .new = { ENTERED, F(GROUPS, 0xfeed) },
		.bad = BAD(GROUPS)
	},
	{
		"groups by executing, with CAP_SETGID", .who = ROOT,
		.exec = true, .new = { F(GROUPS, 0xfeed) }, .bad = BAD(GROUPS)
	},

	/* capabilities */
	{
		"file capabilities with no_new_privs", .who = USER,
		.old = { NNP }, .exec = true,
		.new = { CAPS(CAP(NET_RAW), CAP(NET_RAW)) },
		.bad = BAD(CAP_PERMITTED)
	},
	{
		"root executes with no_new_privs: its bounding set again",
		.who = ROOT, .old = { NNP, CAPS(CAP(CHOWN), 0) }, .exec = true,
		.new = { CAPS(DOCKER, DOCKER) }, .bad = BAD(CAP_PERMITTED)
	},
	{
		"root executes with no_new_privs: what it had", .who = ROOT,
		.old = { NNP, CAPS(CAP(CHOWN), 0) }, .exec = true,
		.new = { CAPS(CAP(CHOWN), CAP(CHOWN)) }, .bad = 0
	},
	{
		"inheritable from what is permitted, but bounded since",
		.who = ROOT, .old = { F(CAP_BOUNDING, DOCKER & ~CAP(MKNOD)) },
		.new = { F(CAP_INHERITABLE, CAP(MKNOD)) },
		.bad = BAD(CAP_INHERITABLE)
	},
	{
		"the same without CAP_SETPCAP", .who = USER,
		.old = { CAPS(CAP(SYS_TIME), CAP(SYS_TIME)) },
		.new = { F(CAP_INHERITABLE, CAP(SYS_TIME)) },
		.bad = BAD(CAP_INHERITABLE)
	},
	{
		"what is permitted becomes inheritable by executing",
		.who = ROOT, .exec = true,
		.new = { F(CAP_INHERITABLE, CAP(CHOWN)) },
		.bad = BAD(CAP_INHERITABLE)
	},
	{
		"ambient grows by executing", .who = ROOT,
		.old = { F(CAP_INHERITABLE, CAP(CHOWN)) }, .exec = true,
		.new = { F(CAP_AMBIENT, CAP(CHOWN)) }, .bad = BAD(CAP_AMBIENT)
	},
	{
		"ambient grows under NO_CAP_AMBIENT_RAISE", .who = ROOT,
		.old = { F(CAP_INHERITABLE, CAP(CHOWN)),
			 F(SECUREBITS, SECBIT(NO_CAP_AMBIENT_RAISE)) },
		.new = { F(CAP_AMBIENT, CAP(CHOWN)) }, .bad = BAD(CAP_AMBIENT)
	},
	{
		"an identical copy during exec of what was bounded since",
		.who = ROOT, .old = { F(CAP_BOUNDING, 0) }, .exec = true,
		.bad = 0
	},

	/* securebits */
	{
		"a locked bit off, with CAP_SETPCAP", .who = ROOT,
		.old = { F(SECUREBITS, SECBIT(NOROOT) |
			   SECBIT(NOROOT_LOCKED)) },
		.new = { F(SECUREBITS, SECBIT(NOROOT_LOCKED)) },
		.bad = BAD(SECUREBITS)
	},
	{
		"a lock off, with CAP_SETPCAP", .who = ROOT,
		.old = { F(SECUREBITS, SECBIT(NOROOT) |
			   SECBIT(NOROOT_LOCKED)) },
		.new = { F(SECUREBITS, SECBIT(NOROOT)) },
		.bad = BAD(SECUREBITS)
	},
	{
		"KEEP_CAPS on though it is locked", .who = USER,
		.old = { F(SECUREBITS, SECBIT(KEEP_CAPS_LOCKED)) },
		.new = { F(SECUREBITS, SECBIT(KEEP_CAPS) |
			   SECBIT(KEEP_CAPS_LOCKED)) },
		.bad = BAD(SECUREBITS)
	},
	{
		"a bit that does not exist", .who = ROOT,
		.new = { F(SECUREBITS, BIT_ULL(8)) }, .bad = BAD(SECUREBITS)
	},
	{
		"KEEP_CAPS on by executing", .who = ROOT, .exec = true,
		.new = { F(SECUREBITS, SECBIT(KEEP_CAPS)) },
		.bad = BAD(SECUREBITS)
	},
	{
		"NOROOT off by executing, with CAP_SETPCAP", .who = ROOT,
		.old = { F(SECUREBITS, SECBIT(NOROOT)) }, .exec = true,
		.new = { F(SECUREBITS, 0) }, .bad = BAD(SECUREBITS)
	},
};

KUNIT_ARRAY_PARAM_DESC(commit_near, commit_near_params, desc);

static void commit_near(struct kunit *test)
{
	const struct commit_param *param = test->param_value;

	KUNIT_EXPECT_EQ(test, commit_verdict(param), param->bad);
}

static struct kunit_case commit_near_cases[] = {
	KUNIT_CASE_PARAM(commit_near, commit_near_gen_params),
	{}
};

static struct kunit_suite commit_near_suite = {
	.name = "nsguard_commit_near",
	.test_cases = commit_near_cases,
};

kunit_test_suite(commit_near_suite);
