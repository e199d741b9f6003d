// SPDX-License-Identifier: GPL-2.0
/*
 * nsguardctl - talk to the nsguard kernel module
 */
#include <getopt.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>

#include "names.h"
#include "output.h"
#include "verb.h"

static const struct verb {
	const char *name;
	int (*run)(const struct ctl *ctl, int argc, char **argv);
	const char *args;
	const char *help;
} verbs[] = {
	{ "status",	verb_status,	"",
	  "state, mode, health of the hooks and counters" },
	{ "containers",	verb_containers, "",
	  "list the containers that are followed" },
	{ "register",	verb_register,	" ID | --pid PID",
	  "say that an ambiguous container is a container" },
	{ "mode",	verb_mode,	" [off|audit|enforce]",
	  "show or set what happens to a violation" },
	{ "monitor",	verb_monitor,	" [--count N]",
	  "print incidents and changes as they happen" },
	{ "explain",	verb_explain,	" [RULE|FILE|-]",
	  "what a rule means, or each event that monitor -j wrote" },
	{ "doctor",	verb_doctor,	"",
	  "what is wrong on this host, and what to do" },
};

static const struct option options[] = {
	{ "json",	no_argument,		NULL, 'j' },
	{ "count",	required_argument,	NULL, 'c' },
	{ "pid",	required_argument,	NULL, 'p' },
	{ "help",	no_argument,		NULL, 'h' },
	{ "version",	no_argument,		NULL, 'V' },
	{ }
};

static void usage(FILE *out)
{
	fprintf(out, "Usage: nsguardctl [-j|--json] VERB\n\n");
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		int used = fprintf(out, "  %s%s", verbs[i].name, verbs[i].args);

		fprintf(out, "%*s%s\n", 30 - used, "", verbs[i].help);
	}
	fprintf(out, "\nOptions:\n"
		"  -j, --json                  one line of JSON for each result or event\n"
		"  -c, --count N               monitor: leave after N incidents\n"
		"  -p, --pid PID               register: the container of this process\n"
		"  -h, --help                  this text\n"
		"  -V, --version               the version of nsguardctl\n");
}

static int bad_usage(void)
{
	usage(stderr);
	return EXIT_USAGE;
}

static const struct verb *find_verb(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(verbs); i++) {
		if (!strcmp(verbs[i].name, name))
			return &verbs[i];
	}
	return NULL;
}

static int run_verb(const struct ctl *ctl, int argc, char **argv)
{
	const struct verb *verb;
	int ret;

	if (!argc)
		return bad_usage();
	verb = find_verb(argv[0]);
	if (!verb) {
		out_error("unknown verb \"%s\"", argv[0]);
		return bad_usage();
	}
	if (ctl->count && verb->run != verb_monitor) {
		out_error("--count is for monitor");
		return bad_usage();
	}
	if (ctl->pid && verb->run != verb_register) {
		out_error("--pid is for register");
		return bad_usage();
	}
	ret = verb->run(ctl, argc - 1, argv + 1);
	return ret == EXIT_USAGE ? bad_usage() : ret;
}

int main(int argc, char **argv)
{
	struct ctl ctl = {};
	int opt;

	while ((opt = getopt_long(argc, argv, "jc:p:hV", options, NULL)) != -1) {
		switch (opt) {
		case 'j':
			ctl.json = true;
			break;
		case 'c':
			if (parse_number(optarg, &ctl.count))
				break;
			out_error("--count takes a positive number");
			return bad_usage();
		case 'p':
			if (parse_number(optarg, &ctl.pid) &&
			    ctl.pid <= INT_MAX)
				break;
			out_error("--pid takes the number of a process");
			return bad_usage();
		case 'h':
			usage(stdout);
			return out_flush(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
		case 'V':
			printf("nsguardctl %s\n", NSGUARDCTL_VERSION);
			return out_flush(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
		default:
			return bad_usage();
		}
	}
	return run_verb(&ctl, argc - optind, argv + optind);
}
