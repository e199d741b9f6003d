// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of rule.c: what is said of a rule, and which rule a difference
 * breaks.  Credentials on their way in are in commit_kunit.c.
 */
#include <kunit/test.h>
#include <linux/bitops.h>
#include <linux/ctype.h>

#include "rule.h"

struct rule_info_param {
	const char *desc;	/* the name */
	enum nsg_rule rule;
	enum nsg_family family;
	const char *technique;
	bool judged;		/* at a transition, not by a difference */
};

#define INFO(rule, name, family, technique, judged) \
	{ name, NSG_RULE_##rule, NSG_##family, technique, judged }

/* Consumers match on these: they don't change. */
static const struct rule_info_param rule_info_params[] = {
	INFO(MARK_CLEARED, "mark-cleared", INTEGRITY, "T1562.001", false),
	INFO(CRED_POINTER, "cred-pointer", INTEGRITY, "T1068", false),
	INFO(CRED_SUBJECTIVE, "cred-subjective", INTEGRITY, "T1068", false),
	INFO(CRED_USERNS, "cred-userns", INTEGRITY, "T1068", false),
	INFO(CRED_CONTENT, "cred-content", INTEGRITY, "T1068", false),
	INFO(CRED_COMMIT, "cred-commit", INTEGRITY, "T1068", true),
	INFO(NSPROXY_POINTER, "nsproxy-pointer", INTEGRITY, "T1611", false),
	INFO(NSPROXY_CONTENT, "nsproxy-content", INTEGRITY, "T1611", false),
	INFO(NSPROXY_SWITCH, "nsproxy-switch", INTEGRITY, "T1611", true),
	INFO(FS_POINTER, "fs-pointer", INTEGRITY, "T1611", false),
	INFO(FS_ROOT, "fs-root", INTEGRITY, "T1611", false),
	INFO(SECCOMP_WEAKENED, "seccomp-weakened", INTEGRITY, "T1562.001",
	     false),
	INFO(NNP_CLEARED, "nnp-cleared", INTEGRITY, "T1562.001", false),
	INFO(NS_FOREIGN, "ns-foreign", DESCENT, "T1611", true),
	INFO(ROOT_FOREIGN, "root-foreign", DESCENT, "T1611", true),
	INFO(PWD_FOREIGN, "pwd-foreign", DESCENT, "T1611", false),
	INFO(VISITOR_ACCESS, "visitor-access", DESCENT, "T1055.008", true),
	INFO(ADOPT_IMPLAUSIBLE, "adopt-implausible", INTEGRITY, "T1611", true),
	INFO(KILL_STORM, "kill-storm", INTEGRITY, "T1499", true),
};

KUNIT_ARRAY_PARAM_DESC(rule_info, rule_info_params, desc);

static void rule_info_of(struct kunit *test)
{
	const struct rule_info_param *param = test->param_value;
	const struct nsg_rule_info *info = nsg_rule_info(param->rule);

	KUNIT_EXPECT_STREQ(test, info->name, param->desc);
	KUNIT_EXPECT_STREQ(test, info->technique, param->technique);
	KUNIT_EXPECT_EQ(test, info->family, param->family);
	KUNIT_EXPECT_EQ(test, !info->fields, param->judged);
}

/* Also of a rule that the table above has not heard of. */
static void rule_info_of_all(struct kunit *test)
{
	const struct nsg_rule_info *info;
	const char *p;
	int i, j;

	KUNIT_EXPECT_EQ(test, (int)ARRAY_SIZE(rule_info_params),
			NSG_RULE_COUNT - 1);
	for (i = NSG_RULE_NONE + 1; i < NSG_RULE_COUNT; i++) {
		info = nsg_rule_info(i);
		KUNIT_ASSERT_NOT_NULL(test, info->name);
		KUNIT_ASSERT_NOT_NULL(test, info->technique);
		KUNIT_EXPECT_NE_MSG(test, *info->name, '\0', "rule %d", i);
		for (p = info->name; *p; p++)
			KUNIT_EXPECT_TRUE_MSG(test, islower(*p) || *p == '-',
					      "rule %d: %s", i, info->name);
		KUNIT_EXPECT_EQ_MSG(test, *info->technique, 'T', "%s",
				    info->name);
		KUNIT_EXPECT_TRUE(test, info->family == NSG_INTEGRITY ||
				  info->family == NSG_DESCENT);
		for (j = NSG_RULE_NONE; j < i; j++)
			KUNIT_EXPECT_STRNEQ(test, info->name,
					    nsg_rule_info(j)->name);
	}
	KUNIT_EXPECT_PTR_EQ(test, nsg_rule_info(NSG_RULE_COUNT),
			    nsg_rule_info(NSG_RULE_NONE));
}

#define FIELDS(first, last, rule) \
	[NSG_F_##first ... NSG_F_##last] = NSG_RULE_##rule

static const enum nsg_rule rule_of_field[NSG_F_COUNT] = {
	[NSG_F_MARK] = NSG_RULE_MARK_CLEARED,
	[NSG_F_CRED] = NSG_RULE_CRED_POINTER,
	[NSG_F_SUBJ] = NSG_RULE_CRED_SUBJECTIVE,
	[NSG_F_USER_NS] = NSG_RULE_CRED_USERNS,
	FIELDS(UID, GROUPS, CRED_CONTENT),
	FIELDS(SUBJ_USER_NS, SUBJ_GROUPS, CRED_SUBJECTIVE),
	[NSG_F_NSPROXY] = NSG_RULE_NSPROXY_POINTER,
	FIELDS(UTS_NS, PID_NS, NSPROXY_CONTENT),
	[NSG_F_FS_STRUCT] = NSG_RULE_FS_POINTER,
	FIELDS(ROOT_MNT_NS, ROOT_INO, FS_ROOT),
	FIELDS(PWD_MNT_NS, PWD_MNT_NS, PWD_FOREIGN),
	FIELDS(SECCOMP_FILTER, SECCOMP_FILTERS, SECCOMP_WEAKENED),
	[NSG_F_NO_NEW_PRIVS] = NSG_RULE_NNP_CLEARED,
};

static void rule_of_each_field(struct kunit *test)
{
	int field, rule, owners;

	for (field = 0; field < NSG_F_COUNT; field++) {
		KUNIT_EXPECT_EQ_MSG(test, nsg_rule_of_diff(BIT_ULL(field)),
				    rule_of_field[field], "%s",
				    nsg_field_name(field));
		owners = 0;
		for (rule = 0; rule < NSG_RULE_COUNT; rule++)
			owners += !!(nsg_rule_info(rule)->fields &
				     BIT_ULL(field));
		KUNIT_EXPECT_EQ_MSG(test, owners, 1, "%s",
				    nsg_field_name(field));
	}
}

/* Whatever else was done, somebody cleared the mark to get it past the gate. */
static void rule_mark_gives_way(struct kunit *test)
{
	int i;

	for (i = NSG_F_MARK + 1; i < NSG_F_COUNT; i++)
		KUNIT_EXPECT_EQ_MSG(test,
				    nsg_rule_of_diff(NSG_F_BIT(MARK) |
						     BIT_ULL(i)),
				    rule_of_field[i], "%s", nsg_field_name(i));
}

#define CRED_ALL	NSG_F_RANGE(USER_NS, GROUPS)
#define SUBJ_ALL	NSG_F_RANGE(SUBJ_USER_NS, SUBJ_GROUPS)
#define NS_ALL		NSG_F_RANGE(UTS_NS, PID_NS)
#define ROOT_ALL	NSG_F_RANGE(ROOT_MNT_NS, ROOT_INO)

struct rule_diff_param {
	const char *desc;
	u64 diff;
	enum nsg_rule rule;
};

static const struct rule_diff_param rule_diff_params[] = {
	{ "nothing", 0, NSG_RULE_NONE },
	{ "the mark alone", NSG_F_BIT(MARK), NSG_RULE_MARK_CLEARED },
	{
		"both credentials exchanged",
		NSG_F_BIT(CRED) | CRED_ALL, NSG_RULE_CRED_POINTER
	},
	{
		"real_cred alone exchanged: cred is another then",
		NSG_F_BIT(CRED) | NSG_F_BIT(SUBJ) | CRED_ALL,
		NSG_RULE_CRED_POINTER
	},
	{
		"an override that outlived its call",
		NSG_F_BIT(SUBJ) | SUBJ_ALL, NSG_RULE_CRED_SUBJECTIVE
	},
	{
		"an override before contents written in place",
		NSG_F_BIT(SUBJ) | NSG_F_BIT(EUID), NSG_RULE_CRED_SUBJECTIVE
	},
	{
		"user namespace and ids in place",
		CRED_ALL, NSG_RULE_CRED_USERNS
	},
	{
		"ids and capabilities in place",
		NSG_F_RANGE(UID, CAP_AMBIENT), NSG_RULE_CRED_CONTENT
	},
	{
		"credential and namespaces: the credential came first",
		NSG_F_BIT(CRED) | NSG_F_BIT(NSPROXY) | NS_ALL,
		NSG_RULE_CRED_POINTER
	},
	{
		"one id and the namespaces",
		NSG_F_BIT(FSGID) | NSG_F_BIT(NSPROXY), NSG_RULE_CRED_CONTENT
	},
	{
		"nsproxy exchanged",
		NSG_F_BIT(NSPROXY) | NS_ALL, NSG_RULE_NSPROXY_POINTER
	},
	{
		"a namespace written in place, and the root with it",
		NSG_F_BIT(MNT_NS) | ROOT_ALL, NSG_RULE_NSPROXY_CONTENT
	},
	{
		"fs_struct exchanged",
		NSG_F_BIT(FS_STRUCT) | ROOT_ALL, NSG_RULE_FS_POINTER
	},
	{
		"root in place and seccomp off",
		ROOT_ALL | NSG_F_BIT(SECCOMP_MODE), NSG_RULE_FS_ROOT
	},
	{
		"seccomp off and no_new_privs cleared",
		NSG_F_BIT(SECCOMP_FILTERS) | NSG_F_BIT(NO_NEW_PRIVS),
		NSG_RULE_SECCOMP_WEAKENED
	},
	{
		"the mark and no_new_privs",
		NSG_F_BIT(MARK) | NSG_F_BIT(NO_NEW_PRIVS), NSG_RULE_NNP_CLEARED
	},
	{
		"everything at once",
		GENMASK_ULL(NSG_F_COUNT - 1, 0), NSG_RULE_CRED_POINTER
	},
};

KUNIT_ARRAY_PARAM_DESC(rule_diff, rule_diff_params, desc);

static void rule_precedence(struct kunit *test)
{
	const struct rule_diff_param *param = test->param_value;

	KUNIT_EXPECT_EQ(test, nsg_rule_of_diff(param->diff), param->rule);
}

static struct kunit_case rule_cases[] = {
	KUNIT_CASE_PARAM(rule_info_of, rule_info_gen_params),
	KUNIT_CASE(rule_info_of_all),
	KUNIT_CASE(rule_of_each_field),
	KUNIT_CASE(rule_mark_gives_way),
	KUNIT_CASE_PARAM(rule_precedence, rule_diff_gen_params),
	{}
};

static struct kunit_suite rule_suite = {
	.name = "nsguard_rule",
	.test_cases = rule_cases,
};

kunit_test_suite(rule_suite);
