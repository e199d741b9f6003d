// SPDX-License-Identifier: GPL-2.0
/*
 * What the module can tell of is told of in nsguardctl and in nsguard(7): every
 * rule, field and counter of the module's own tables, which are linked here.
 *
 * usage: module_test NSGUARD_7_AS_TEXT
 */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/tap.h"
#include "counter.h"
#include "rule.h"
#include "rules.h"

static char page[1 << 20];

static void read_page(const char *path)
{
	FILE *in = path ? fopen(path, "re") : NULL;

	if (!in || !fread(page, 1, sizeof(page) - 1, in))
		bail("%s", path ? path : "usage: module_test PAGE");
	fclose(in);
}

static bool in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_' || c == '-';
}

/* Is it there as a word of its own? */
static bool on_page(const char *name)
{
	size_t len = strlen(name);

	for (const char *at = page; (at = strstr(at, name)); at++) {
		if (!in_name(at[len]) && !(at > page && in_name(at[-1])))
			return true;
	}
	return false;
}

static void test_rules(void)
{
	int count = 0;

	for (int i = NSG_RULE_NONE + 1; i < NSG_RULE_COUNT; i++) {
		const struct nsg_rule_info *info = nsg_rule_info(i);
		const char *family = info->family == NSG_DESCENT ? "descent" :
								   "integrity";
		const struct rule *rule;

		/* A hole would end the program here. */
		rule = rule_find(info->name);
		ok(rule && !strcmp(rule->family, family) &&
		   !strcmp(rule->technique, info->technique),
		   "rule %s is explained", info->name);
		ok(on_page(info->name), "rule %s is in the manual", info->name);
	}
	for (const struct rule *rule = rules; rule->name; rule++) {
		ok(rule->title && rule->meaning && rule->gain &&
		   rule->innocent && rule->next,
		   "%s has all its texts", rule->name);
		count++;
	}
	ok(count == NSG_RULE_COUNT - 1, "no rule is explained that there is not");
	ok(!on_page("cred-conten"), "a rule that there is not is not found");
}

static void test_names(void)
{
	for (int i = 0; i < NSG_F_COUNT; i++)
		ok(on_page(nsg_field_name(i)), "field %s is in the manual",
		   nsg_field_name(i));
	for (int i = 0; i < NSG_C_COUNT; i++)
		ok(on_page(nsg_counter_name(i)), "counter %s is in the manual",
		   nsg_counter_name(i));
}

int main(int argc, char **argv)
{
	read_page(argc > 1 ? argv[1] : NULL);
	test_rules();
	test_names();
	return tap_done();
}
