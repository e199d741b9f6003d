// SPDX-License-Identifier: GPL-2.0
/*
 * twin CASE: one legitimate change of credentials, namespaces or root
 * twin --list: the cases
 * twin reside: waits to be killed
 * twin visit: what an administrator's program may do in a container
 * twin trace PROGRAM [ARGUMENT...]: traces what it does
 * twin =WHAT: what a case executes; prints its credentials
 * twin FILE =WHAT: the same as an interpreter
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "twin.h"

static const struct twin *const areas[] = {
	cred_twins, exec_twins, filter_twins, ns_twins, fs_twins, share_twins,
	task_twins, trace_twins, ring_twins, entry32_twins,
};

int main(int argc, char **argv)
{
	const struct twin *t;
	size_t i;

	if (argc > 1 && argv[argc - 1][0] == '=') {
		show_creds(argv[argc - 1] + 1);
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "reside"))
		for (;;)
			pause();
	if (argc > 1 && !strcmp(argv[1], "visit"))
		return visit(), fflush(NULL), 0;
	if (argc > 2 && !strcmp(argv[1], "trace"))
		return trace(argv + 2) ? 1 : 0;
	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		for (t = areas[i]; t->name; t++) {
			if (argc < 2 || !strcmp(argv[1], "--list"))
				puts(t->name);
			else if (!strcmp(argv[1], t->name))
				return t->run(), fflush(NULL), 0;
		}
	}
	return argc > 1 && strcmp(argv[1], "--list") ? 2 : 0;
}
