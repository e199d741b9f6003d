// SPDX-License-Identifier: GPL-2.0
/*
 * Who is a container, who is none, and who enters one:
 *
 *	start [opaque] [PART]
 *
 * Each case is made for real, and what the module reports of it while its
 * process waits is compared with what the start rule says.  With `opaque`
 * nothing has a name that says anything: all must be the same.  PART: one of
 * those below; all of them otherwise.
 */
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "member.h"

#define STAY "/nsguard/tests/start/stay"
#define CGROUPS "/sys/fs/cgroup/"

struct names names;
static char group[64];

__attribute__((format(printf, 1, 2)))
static void run(const char *fmt, ...)
{
	char command[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(command, sizeof(command), fmt, ap);
	va_end(ap);
	if (system(command))
		bail("%s", command);
}

static void choose_names(bool opaque)
{
	char word[17];

	random_word(word, 16);
	snprintf(names.base, sizeof(names.base), "/run/%s", word);
	snprintf(names.subdir, sizeof(names.subdir), "/%s", word);
	snprintf(names.program, sizeof(names.program), "%s",
		 opaque ? word : "stay");
	snprintf(names.runtime, sizeof(names.runtime), "/usr/bin/runc");
	run("mkdir %s %s && cp %s %s/%s && cp %s %s/%s", names.base,
	    names.subdir, STAY, names.base, names.program, STAY, names.subdir,
	    names.program);
	if (!opaque)
		return;
	random_word(word, 16);
	snprintf(names.runtime, sizeof(names.runtime), "%s/%s", names.base,
		 word);
	snprintf(group, sizeof(group), CGROUPS "%s", word);
	snprintf(names.cgroup, sizeof(names.cgroup), "%s/cgroup.procs", group);
	run("cp /usr/bin/runc %s && mkdir %s", names.runtime, group);
}

static const struct {
	const char *name;
	void (*test)(void);
} parts[] = {
	{ "shapes", test_shapes },
	{ "entering", test_entering },
	{ "lives", test_lives },
	{ "oci", test_oci },
	{ "nesting", test_nesting },
	{ "adoption", test_adoption },
};

static void run_parts(const char *only)
{
	int n = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(parts); i++) {
		if (only && strcmp(only, parts[i].name))
			continue;
		parts[i].test();
		n++;
	}
	if (!n)
		bail("no part %s", only);
}

int main(int argc, char **argv)
{
	bool opaque = argc > 1 && !strcmp(argv[1], "opaque");

	choose_names(opaque);
	guard_start(GUARD_ENFORCE);
	run_parts(argv[1 + opaque]);
	ok(!guard_counter("events"), "no event");
	ok(guard_stop(GUARD_ENFORCE), "the guard unloads");
	if (opaque)
		ok(!rmdir(group), "nobody is left");
	run("rm -r %s %s", names.base, names.subdir);
	return tap_done();
}
