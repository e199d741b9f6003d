// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of nsg_rule_commit(): what the kernel itself commits.  Each case
 * is a transition that a caller of commit_creds() makes of a credential.
 */
#include "commit_kunit.h"

/* Ids of which no two are the same, as a daemon on its way may have them. */
#define MIXED	UIDS(1, 2, 3, 2), GIDS(11, 12, 13, 12)
#define ALL_LOCKS	((u64)SECURE_ALL_LOCKS)

static const struct commit_param commit_legal_params[] = {
	{ "keyctl: an identical copy", .who = ROOT },
	{
		"keyctl: an identical copy with ids that have no mapping",
		.who = NESTED, .unmapped = ALL_UNMAPPED
	},
	{ "keyctl: an identical copy during exec", .who = USER, .exec = true },

	/* setuid(2) and its like without a capability */
	{
		"setresuid permutes all three", .who = USER, .old = { MIXED },
		.new = { UIDS(3, 1, 2, 1) }
	},
	{
		"setresgid permutes all three", .who = USER, .old = { MIXED },
		.new = { GIDS(13, 11, 12, 11) }
	},
	{
		"setreuid swaps real and effective", .who = USER,
		.old = { MIXED }, .new = { UIDS(2, 1, 1, 1) }
	},
	{
		"setregid swaps real and effective", .who = USER,
		.old = { MIXED }, .new = { GIDS(12, 11, 11, 11) }
	},
	{
		"seteuid back to the saved id", .who = USER, .old = { MIXED },
		.new = { F(EUID, 3), F(FSUID, 3) }
	},
	{
		"setfsuid to the saved id", .who = USER, .old = { MIXED },
		.new = { F(FSUID, 3) }
	},
	{
		"setfsgid to the real id", .who = USER, .old = { MIXED },
		.new = { F(FSGID, 11) }
	},
	{
		"setresuid permutes ids that have no mapping", .who = USER,
		.old = { MIXED }, .new = { UIDS(3, 1, 2, 1) },
		.unmapped = ALL_UNMAPPED
	},

	/* the same with CAP_SETUID or CAP_SETGID */
	{
		"setuid to a user drops everything", .who = ROOT,
		.old = { F(CAP_INHERITABLE, CAP(CHOWN)),
			 F(CAP_AMBIENT, CAP(CHOWN)) },
		.new = { UIDS(1000, 1000, 1000, 1000), CAPS(0, 0),
			 F(CAP_AMBIENT, 0) }
	},
	{
		"setuid to a user with KEEP_CAPS", .who = ROOT,
		.old = { F(SECUREBITS, SECBIT(KEEP_CAPS)) },
		.new = { UIDS(1000, 1000, 1000, 1000), CAPS(DOCKER, 0) }
	},
	{
		"setuid to a user with NO_SETUID_FIXUP", .who = ROOT,
		.old = { F(SECUREBITS, SECBIT(NO_SETUID_FIXUP)) },
		.new = { UIDS(1000, 1000, 1000, 1000) }
	},
	{
		"seteuid to a user", .who = ROOT,
		.new = { F(EUID, 1000), F(FSUID, 1000), CAPS(DOCKER, 0) }
	},
	{
		"seteuid back to root raises what is permitted", .who = ROOT,
		.old = { F(EUID, 1000), F(FSUID, 1000), CAPS(DOCKER, 0) },
		.new = { F(EUID, 0), F(FSUID, 0), CAPS(DOCKER, DOCKER) }
	},
	{
		"setuid to root by a user with CAP_SETUID", .who = USER,
		.old = { CAPS(CAP(SETUID), CAP(SETUID)) },
		.new = { UIDS(0, 0, 0, 0) }
	},
	{
		"setfsuid to a user lowers what follows it", .who = ROOT,
		.new = { F(FSUID, 1000), CAPS(DOCKER, DOCKER & ~FS_CAPS) }
	},
	{
		"setfsuid back to root raises it", .who = ROOT,
		.old = { F(FSUID, 1000), CAPS(DOCKER, DOCKER & ~FS_CAPS) },
		.new = { F(FSUID, 0), CAPS(DOCKER, DOCKER) }
	},
	{
		"setgid to another group", .who = ROOT,
		.new = { GIDS(1000, 1000, 1000, 1000) }
	},
	{
		"setgid by a user with CAP_SETGID", .who = USER,
		.old = { CAPS(CAP(SETGID), CAP(SETGID)) },
		.new = { GIDS(5, 5, 5, 5) }
	},
	{
		"setuid in a user namespace", .who = NESTED,
		.new = { UIDS(101000, 101000, 101000, 101000), CAPS(0, 0) }
	},
	{ "setgroups", .who = ROOT, .new = { F(GROUPS, 0xfeed) } },
	{ "setgroups to none", .who = ROOT, .new = { F(GROUPS, 0) } },

	/* capset(2) and prctl(2) */
	{
		"capset drops one", .who = ROOT,
		.new = { CAPS(DOCKER & ~CAP(MKNOD), DOCKER & ~CAP(MKNOD)) }
	},
	{ "capset drops all", .who = ROOT, .new = { CAPS(0, 0) } },
	{
		"capset raises what is permitted", .who = ROOT,
		.old = { CAPS(DOCKER, 0) }, .new = { CAPS(DOCKER, DOCKER) }
	},
	{
		"capset lets what is permitted be inherited", .who = ROOT,
		.old = { CAPS(DOCKER, 0) }, .new = { F(CAP_INHERITABLE, DOCKER) }
	},
	{
		"capset with CAP_SETPCAP inherits from the bounding set",
		.who = USER, .old = { CAPS(CAP(SETPCAP), CAP(SETPCAP)) },
		.new = { F(CAP_INHERITABLE, CAP(NET_RAW) | CAP(CHOWN)) }
	},
	{
		"capset keeps inheritable what was bounded since", .who = ROOT,
		.old = { F(CAP_INHERITABLE, CAP(SYS_ADMIN)) },
		.new = { CAPS(0, 0) }
	},
	{
		"capset clears the inheritable and with it the ambient set",
		.who = ROOT, .old = { F(CAP_INHERITABLE, CAP(CHOWN)),
				      F(CAP_AMBIENT, CAP(CHOWN)) },
		.new = { F(CAP_INHERITABLE, 0), F(CAP_AMBIENT, 0) }
	},
	{
		"PR_CAP_AMBIENT_RAISE needs no capability", .who = USER,
		.old = { CAPS(CAP(CHOWN), 0), F(CAP_INHERITABLE, CAP(CHOWN)) },
		.new = { F(CAP_AMBIENT, CAP(CHOWN)) }
	},
	{
		"PR_CAP_AMBIENT_CLEAR_ALL", .who = USER,
		.old = { CAPS(CAP(CHOWN), 0), F(CAP_INHERITABLE, CAP(CHOWN)),
			 F(CAP_AMBIENT, CAP(CHOWN)) },
		.new = { F(CAP_AMBIENT, 0) }
	},
	{
		"PR_CAPBSET_DROP of what stays permitted", .who = ROOT,
		.new = { F(CAP_BOUNDING, DOCKER & ~CAP(MKNOD)) }
	},
	{
		"PR_SET_KEEPCAPS needs no capability", .who = USER,
		.new = { F(SECUREBITS, SECBIT(KEEP_CAPS)) }
	},
	{
		"PR_SET_KEEPCAPS off beside locked bits", .who = USER,
		.old = { F(SECUREBITS, SECBIT(KEEP_CAPS) | SECBIT(NOROOT) |
			   SECBIT(NOROOT_LOCKED)) },
		.new = { F(SECUREBITS, SECBIT(NOROOT) |
			   SECBIT(NOROOT_LOCKED)) }
	},
	{
		"PR_SET_SECUREBITS: all bits and locks", .who = ROOT,
		.new = { F(SECUREBITS, SECURE_ALL_BITS | ALL_LOCKS) }
	},
	{
		"PR_SET_SECUREBITS: a bit off that is not locked", .who = ROOT,
		.old = { F(SECUREBITS, SECBIT(NO_SETUID_FIXUP)) },
		.new = { F(SECUREBITS, 0) }
	},

	/* exec(2) */
	{
		"root executes and has its bounding set again", .who = ROOT,
		.old = { CAPS(CAP(CHOWN), 0) }, .exec = true,
		.new = { CAPS(DOCKER, DOCKER) }
	},
	{
		"root executes: what is inheritable is not bounded", .who = ROOT,
		.old = { F(CAP_INHERITABLE, CAP(SYS_TIME)) }, .exec = true,
		.new = { CAPS(DOCKER | CAP(SYS_TIME), DOCKER | CAP(SYS_TIME)) }
	},
	{
		"a user executes a set-uid root program", .who = USER,
		.exec = true, .new = { F(EUID, 0), F(SUID, 0), F(FSUID, 0),
				       CAPS(DOCKER, DOCKER) }
	},
	{
		"the same with a full bounding set", .who = USER, .exec = true,
		.old = { F(CAP_BOUNDING, FULL) },
		.new = { F(EUID, 0), F(SUID, 0), F(FSUID, 0), CAPS(FULL, FULL) }
	},
	{
		"a user executes a set-gid program", .who = USER, .exec = true,
		.new = { F(EGID, 42), F(SGID, 42), F(FSGID, 42) }
	},
	{
		"a user executes a program with file capabilities",
		.who = USER, .exec = true,
		.new = { CAPS(CAP(NET_RAW), CAP(NET_RAW)) }
	},
	{
		"file capabilities that are inheritable and not bounded",
		.who = USER, .exec = true,
		.old = { F(CAP_INHERITABLE, CAP(SYS_TIME)) },
		.new = { CAPS(CAP(SYS_TIME), CAP(SYS_TIME)) }
	},
	{
		"ambient capabilities stay over exec", .who = USER,
		.old = { CAPS(CAP(CHOWN) | CAP(KILL), 0),
			 F(CAP_INHERITABLE, CAP(CHOWN)),
			 F(CAP_AMBIENT, CAP(CHOWN)) },
		.exec = true, .new = { CAPS(CAP(CHOWN), CAP(CHOWN)) }
	},
	{
		"a set-uid program ends the ambient set", .who = USER,
		.old = { CAPS(CAP(CHOWN), 0), F(CAP_INHERITABLE, CAP(CHOWN)),
			 F(CAP_AMBIENT, CAP(CHOWN)) },
		.exec = true, .new = { F(EUID, 7), F(SUID, 7), F(FSUID, 7),
				       CAPS(0, 0), F(CAP_AMBIENT, 0) }
	},
	{
		"exec after setuid with KEEP_CAPS loses them", .who = USER,
		.old = { CAPS(DOCKER, 0), F(SECUREBITS, SECBIT(KEEP_CAPS)) },
		.exec = true, .new = { CAPS(0, 0), F(SECUREBITS, 0) }
	},
	{
		"exec clears KEEP_CAPS though it is locked", .who = USER,
		.old = { F(SECUREBITS, SECBIT(KEEP_CAPS) |
			   SECBIT(KEEP_CAPS_LOCKED)) },
		.exec = true, .new = { F(SECUREBITS, SECBIT(KEEP_CAPS_LOCKED)) }
	},
	{
		"exec makes saved and file-system ids the effective ones",
		.who = USER, .old = { MIXED }, .exec = true,
		.new = { UIDS(1, 2, 2, 2), GIDS(11, 12, 12, 12) }
	},
	{
		"set-uid program of a mapped user in a user namespace",
		.who = NESTED, .exec = true,
		.new = { F(EUID, 100007), F(SUID, 100007), F(FSUID, 100007),
			 CAPS(0, 0) }
	},

	/* user namespaces */
	{
		"a user unshares its user namespace: nothing is mapped yet",
		.who = USER, .rel = NSG_USERNS_BELOW,
		.unmapped = ALL_UNMAPPED, .new = { ENTERED }
	},
	{
		"so does root, and what it had set is gone", .who = ROOT,
		.old = { F(SECUREBITS, SECBIT(NOROOT) | SECBIT(NOROOT_LOCKED)),
			 F(CAP_INHERITABLE, CAP(CHOWN)),
			 F(CAP_AMBIENT, CAP(CHOWN)) },
		.rel = NSG_USERNS_BELOW, .unmapped = ALL_UNMAPPED,
		.new = { ENTERED }
	},
	{
		"a user namespace within a user namespace", .who = NESTED,
		.rel = NSG_USERNS_BELOW, .unmapped = ALL_UNMAPPED,
		.new = { ENTERED }
	},
	{
		"setns to a child whose mapping is there", .who = ROOT,
		.rel = NSG_USERNS_BELOW, .new = { ENTERED }
	},
};

KUNIT_ARRAY_PARAM_DESC(commit_legal, commit_legal_params, desc);

static void commit_legal(struct kunit *test)
{
	KUNIT_EXPECT_EQ(test, commit_verdict(test->param_value), 0ULL);
}

static struct kunit_case commit_legal_cases[] = {
	KUNIT_CASE_PARAM(commit_legal, commit_legal_gen_params),
	{}
};

static struct kunit_suite commit_legal_suite = {
	.name = "nsguard_commit_legal",
	.test_cases = commit_legal_cases,
};

kunit_test_suite(commit_legal_suite);
