// SPDX-License-Identifier: GPL-2.0
/*
 * Runs the KUnit suites that are linked with it, and prints TAP.
 */
#include <kunit/test.h>

#define MAX_SUITES 16

static struct kunit_suite *suites[MAX_SUITES];
static int count, results, failed;

void kunit_add(struct kunit_suite *suite)
{
	if (count == MAX_SUITES)
		abort();
	suites[count++] = suite;
}

static void result(const struct kunit *test, const char *desc)
{
	failed |= test->failed;
	printf("%sok %d - %s %s\n", test->failed ? "not " : "", ++results,
	       test->name, desc);
}

static void run_case(const struct kunit_case *c)
{
	struct kunit test = { .name = c->name };
	char desc[KUNIT_PARAM_DESC_SIZE] = "";
	const void *param = NULL;

	if (!c->generate_params) {
		c->run_case(&test);
		result(&test, desc);
		return;
	}
	while ((param = c->generate_params(param, desc))) {
		test.param_value = param;
		test.failed = false;
		c->run_case(&test);
		result(&test, desc);
	}
}

int main(void)
{
	int i;

	for (i = 0; i < count; i++) {
		const struct kunit_case *c;

		for (c = suites[i]->test_cases; c->run_case; c++)
			run_case(c);
	}
	printf("1..%d\n", results);
	return failed || !results;
}
