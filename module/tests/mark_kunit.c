// SPDX-License-Identifier: GPL-2.0
/*
 * KUnit tests of mark.c: whose doing it is that a mark is missing.
 */
#include <kunit/test.h>
#include <linux/sched.h>
#include <linux/thread_info.h>

#include "mark.h"
#include "record.h"

/*
 * What happens to a mark, a letter for each: m: it is set, c: it is cleared,
 * b, e: the taking of all marks begins, ends.  The number of b and e is the same,
 * so that the module finds it as it was.
 */
struct mark_param {
	const char *desc;
	const char *steps;
	/* After each: y if it was cleared on this task alone. */
	const char *cleared;
};

static const struct mark_param mark_params[] = {
	{ "it is there", "mm", "nn" },
	{ "an attacker clears it", "mcm", "nyn" },
	{ "again and again", "mcmc", "nyny" },
	{ "taken with all others", "mbce", "nnnn" },
	{ "set again afterwards, then cleared", "mbcemc", "nnnnny" },
	{ "set while they are being taken", "mbcmce", "nnnnnn" },
	{ "taken between two looks", "mbcebe", "nnnnnn" },
	{ "set before, and spared", "mbec", "nnnn" },
	{ "cleared before they are taken", "mcbe", "nynn" },
};

KUNIT_ARRAY_PARAM_DESC(mark, mark_params, desc);

static void step(struct nsg_record *rec, char what)
{
	switch (what) {
	case 'm':
		nsg_mark(rec);
		break;
	case 'c':
		clear_task_syscall_work(rec->task, SYSCALL_TRACEPOINT);
		break;
	case 'b':
		nsg_marks_taken_begin();
		break;
	case 'e':
		nsg_marks_taken_end();
		break;
	}
}

/* Neither is known to anybody, and no word but the marks is looked at. */
static void mark_missing(struct kunit *test)
{
	const struct mark_param *param = test->param_value;
	struct nsg_record *rec = kunit_kzalloc(test, sizeof(*rec), GFP_KERNEL);
	struct task_struct *task = kunit_kzalloc(test, sizeof(*task),
						 GFP_KERNEL);
	int i;

	KUNIT_ASSERT_NOT_NULL(test, rec);
	KUNIT_ASSERT_NOT_NULL(test, task);
	rec->task = task;
	for (i = 0; param->steps[i]; i++) {
		step(rec, param->steps[i]);
		KUNIT_EXPECT_EQ_MSG(test, nsg_mark_cleared(rec),
				    param->cleared[i] == 'y', "step %d", i);
	}
}

static struct kunit_case mark_cases[] = {
	KUNIT_CASE_PARAM(mark_missing, mark_gen_params),
	{}
};

static struct kunit_suite mark_suite = {
	.name = "nsguard_mark",
	.test_cases = mark_cases,
};

kunit_test_suite(mark_suite);
