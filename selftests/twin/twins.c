// SPDX-License-Identifier: GPL-2.0
/*
 * What is legitimate goes unnoticed:
 *
 *	twins none|off|audit|enforce [alone] [userns|docker|host] [CASE]
 *
 * Each case runs twice in each kind of container, without the guard and then
 * with it; its output and its status must be the same and no event be counted.
 * So must what an administrator does on the host.  What a kernel can't do is
 * skipped, with the guard as without.
 *
 * Alone, a case runs with the guard only and must work: half the time, where
 * another kernel shows the rest.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/container.h"
#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "twin.h"

#define TWIN "/nsguard/tests/twin/twin"
#define HOST "/nsguard/tests/twin/host.sh"
#define MISC "/proc/sys/fs/binfmt_misc"
#define MAX_CASES 128

struct result {
	int status;
	char text[4096];
};

static char share[64];
static bool alone;
static struct list {
	char name[MAX_CASES][32];
	int count;
} cases, host_cases;
static struct result reference[NR_QUICK_KINDS][MAX_CASES];
static struct result host_reference[MAX_CASES];

static void read_back(int fd, struct result *result)
{
	ssize_t n = pread(fd, result->text, sizeof(result->text) - 1, 0);

	result->text[n > 0 ? n : 0] = '\0';
	close(fd);
}

static void run_case(enum container_kind kind, char *name,
		     struct result *result)
{
	char *argv[] = { "/program", name, NULL };
	struct container c = {
		.kind = kind,
		.share = share,
		.program = TWIN,
		.argv = argv,
		.out = memfd_create("out", MFD_CLOEXEC),
	};

	container_create(&c);
	container_go(&c);
	result->status = container_wait(&c);
	read_back(c.out, result);
}

static void run_host(const char *name, struct result *result)
{
	int out = memfd_create("out", MFD_CLOEXEC);
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid) {
		dup2(out, 1);
		dup2(out, 2);
		execl(HOST, HOST, name, NULL);
		_exit(127);
	}
	waitpid(pid, &result->status, 0);
	read_back(out, result);
}

static void read_list(const char *command, struct list *list,
		      const char *only)
{
	FILE *from = popen(command, "re");

	while (from && list->count < MAX_CASES &&
	       fscanf(from, "%31s", list->name[list->count]) == 1)
		if (!only || !strcmp(only, list->name[list->count]))
			list->count++;
	if (!from || pclose(from))
		bail("%s", command);
}

static void show(const char *what, const struct result *result)
{
	char copy[sizeof(result->text)], *line;

	strcpy(copy, result->text);
	diag("%s: status %x", what, result->status);
	for (line = strtok(copy, "\n"); line; line = strtok(NULL, "\n"))
		diag("  %s", line);
}

static int64_t events(enum guard guard)
{
	return guard == GUARD_NONE ? 0 : guard_counter("events");
}

/* What a case that gives up has to say. */
static const char *last_line(const char *text)
{
	static char line[128];
	const char *at = text, *next;

	while ((next = strchr(at, '\n')) && next[1])
		at = next + 1;
	snprintf(line, sizeof(line), "%.*s", (int)strcspn(at, "\n"), at);
	return line;
}

static void judge(const char *where, const char *name,
		  const struct result *without, const struct result *with,
		  int64_t news)
{
	const struct result *by_itself = alone ? with : without;
	bool same = without->status == with->status &&
		    !strcmp(without->text, with->text);

	if (WIFEXITED(by_itself->status) &&
	    WEXITSTATUS(by_itself->status) == SKIP_STATUS) {
		ok(true, "%s %s: works # SKIP %s", where, name,
		   last_line(by_itself->text));
	} else if (!ok(!by_itself->status, "%s %s: works", where, name)) {
		show("it says", by_itself);
	}
	if (!alone && !ok(same, "%s %s: the same with the guard", where, name)) {
		show("without", without);
		show("with", with);
	}
	ok(!news, "%s %s: no event (%lld)", where, name, (long long)news);
}

/* A container to look into from the host; the caller kills it. */
static void resident(struct container *c)
{
	static char *argv[] = { "/program", "reside", NULL };
	char pid[16];

	*c = (struct container){
		.kind = CONTAINER_DOCKER,
		.share = share,
		.program = TWIN,
		.argv = argv,
		.out = -1,
	};
	container_create(c);
	container_go(c);
	snprintf(pid, sizeof(pid), "%d", c->pid);
	setenv("PID", pid, 1);
}

/* Fills the references, or judges by them. */
static void on_the_host(enum guard guard, bool judging)
{
	struct container c;
	struct result result;
	int i;

	resident(&c);
	for (i = 0; i < host_cases.count; i++) {
		int64_t before = judging ? events(guard) : 0;

		run_host(host_cases.name[i],
			 judging ? &result : &host_reference[i]);
		if (judging)
			judge("host", host_cases.name[i], &host_reference[i],
			      &result, events(guard) - before);
	}
	kill(c.pid, SIGKILL);
	container_wait(&c);
}

static void in_containers(enum guard guard, bool judging, const char *only)
{
	struct result result;
	int kind, i;

	for (kind = 0; kind < NR_QUICK_KINDS; kind++) {
		if (only && strcmp(only, container_names[kind]))
			continue;
		for (i = 0; i < cases.count; i++) {
			int64_t before = judging ? events(guard) : 0;

			run_case(kind, cases.name[i],
				 judging ? &result : &reference[kind][i]);
			if (judging)
				judge(container_names[kind], cases.name[i],
				      &reference[kind][i], &result,
				      events(guard) - before);
		}
	}
}

/*
 * Interpreters for binfmt_misc: one that is opened in the container, one that
 * is opened here and now, and one that gets the file's credential.
 */
static const char *const interpreters[][2] = {
	{ "twin-plain", "/program:" },
	{ "twin-fixed", TWIN ":F" },
	{ "twin-creds", TWIN ":FC" },
};

static void add_interpreters(void)
{
	char line[128];
	size_t i;

	if (mount("binfmt_misc", MISC, "binfmt_misc", 0, NULL)) {
		diag("no binfmt_misc");
		return;
	}
	for (i = 0; i < ARRAY_SIZE(interpreters); i++) {
		snprintf(line, sizeof(line), ":%s:E::%s::%s",
			 interpreters[i][0], interpreters[i][0],
			 interpreters[i][1]);
		if (write_text(MISC "/register", line))
			bail("%s", line);
	}
}

static void remove_interpreters(void)
{
	if (!access(MISC "/status", F_OK) &&
	    (write_text(MISC "/status", "-1") || umount(MISC)))
		bail("%s", MISC);
}

static bool is_place(const char *word)
{
	int kind;

	for (kind = 0; kind < NR_QUICK_KINDS; kind++)
		if (!strcmp(word, container_names[kind]))
			return true;
	return !strcmp(word, "host");
}

int main(int argc, char **argv)
{
	enum guard guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	const char *where = NULL, *only = NULL;
	char word[17];
	int i;

	for (i = 2; i < argc; i++) {
		if (!strcmp(argv[i], "alone"))
			alone = true;
		else if (is_place(argv[i]))
			where = argv[i];
		else
			only = argv[i];
	}
	if (!where || strcmp(where, "host"))
		read_list(TWIN " --list", &cases, only);
	if (!where || !strcmp(where, "host"))
		read_list(HOST " --list", &host_cases, only);
	if (!cases.count && !host_cases.count)
		bail("no such case");
	random_word(word, 16);
	snprintf(share, sizeof(share), "/host/%s", word);
	if (mkdir(share, 0755))
		bail("%s", share);
	add_interpreters();

	if (!alone) {
		in_containers(guard, false, where);
		on_the_host(guard, false);
	}
	guard_start(guard);
	in_containers(guard, true, where);
	on_the_host(guard, true);
	ok(guard_stop(guard), "the guard unloads");
	remove_interpreters();
	rmdir(share);
	return tap_done();
}
