// SPDX-License-Identifier: GPL-2.0
/*
 * Containers that run when the guard is loaded:
 *
 *	adopt none|audit|enforce [TECHNIQUE [later|before]]
 *
 * One that attacks after that is stopped like any other, and so is one that ran
 * while the module was exchanged for another.  One that was tampered
 * with before can't be told from the start, but for what can't be true, which
 * is told of.  TECHNIQUE: that alone, by who attacks later or before the load.
 */
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

static enum guard guard;
static int fixture;
static const char *only, *only_when;

/* Comes back when the attacker stands where it was told to. */
static int start_held(struct cell *cell)
{
	struct fixture_counts counts;
	char path[128];
	__u64 shots;
	int fd;

	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &counts))
		bail("counts");
	snprintf(path, sizeof(path), "%s/hold", cell->witness.share);
	if (mkfifo(path, 0644))
		bail("%s", path);
	cell_create(cell);
	container_go(&cell->container);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		bail("%s", path);
	unlink(path);
	shots = counts.fired + 1;
	if (cell->recipe.hold == HOLD_FIRED &&
	    ioctl(fixture, FIXTURE_IOC_WAIT_SHOTS, &shots))
		bail("wait for the shot");
	return fd;
}

/* Is there one line of nsguardctl that says all of this? */
static bool listed(const char *a, const char *b)
{
	char line[65536];
	FILE *from = popen("nsguardctl --json containers", "re");
	bool found = false;

	while (from && fgets(line, sizeof(line), from)) {
		json_compact(line);
		found |= strstr(line, a) && strstr(line, b);
	}
	if (!from || pclose(from))
		bail("nsguardctl");
	return found;
}

static void check_listed(const struct cell *cell)
{
	char mnt[64];

	snprintf(mnt, sizeof(mnt), "\"mnt_ns\":%llu",
		 (unsigned long long)ns_inode(cell->container.pid, "mnt"));
	ok(listed(mnt, "\"adopted\":true"), "%s: the container is known",
	   cell->technique->name);
}

static void prepare(struct cell *cell, const char *technique,
		    enum container_kind kind, enum hold hold)
{
	cell_prepare(cell, technique_find(technique), kind, SHOOTER_NOW);
	/* A child, since who comes first has nobody to be compared with. */
	cell->recipe.repeat = 1;
	cell->recipe.hold = hold;
}

static void finish(struct cell *cell, int fd)
{
	if (write(fd, "1", 1) != 1)
		bail("let the attacker go");
	close(fd);
	cell->status = container_wait(&cell->container);
}

static bool wanted(const char *technique, const char *when)
{
	return (!only || !strcmp(only, technique)) &&
	       (!only_when || !strcmp(only_when, when));
}

/*
 * An upgrade, if @tracked: the container starts under a guard, which then goes
 * and comes back while it runs.
 */
static void attacks_later(const char *technique, enum container_kind kind,
			  bool tracked)
{
	static char event[65536];
	struct monitor monitor = {};
	static struct cell cell;
	char rule[32] = "";
	bool effect;
	int fd;

	if (!wanted(technique, "later"))
		return;
	prepare(&cell, technique, kind, HOLD_FIRST);
	if (tracked)
		guard_start(guard);
	fd = start_held(&cell);
	if (tracked)
		ok(guard_stop(guard) && !kill(cell.container.pid, 0),
		   "%s %s: the guard unloads, the container stays", technique,
		   container_names[kind]);
	guard_start(guard);
	if (guard != GUARD_NONE) {
		check_listed(&cell);
		monitor_start(&monitor);
	}
	finish(&cell, fd);
	effect = witness_saw(&cell.witness);
	ok(effect == (guard != GUARD_ENFORCE), "%s %s: %s effect", technique,
	   container_names[kind], guard == GUARD_ENFORCE ? "no" : "an");
	if (guard != GUARD_NONE) {
		ok(guard_tally().events == 1, "%s %s: one event", technique,
		   container_names[kind]);
		if (monitor_next(&monitor, event, sizeof(event), 10000))
			json_string(event, "rule", rule, sizeof(rule));
		ok(!strcmp(rule, cell.technique->rule), "%s %s: its rule (%s)",
		   technique, container_names[kind], rule);
		monitor_stop(&monitor);
	}
	if (guard == GUARD_ENFORCE)
		ok(!cell.status, "%s %s: the attacker was killed (%x)",
		   technique, container_names[kind], cell.status);
	ok(guard_stop(guard), "%s %s: the guard unloads", technique,
	   container_names[kind]);
	witness_stop(&cell.witness);
	fixture_balance(fixture, guard);
}

/* @field: what its state can't be */
static void attacked_before(const char *technique, enum container_kind kind,
			    const char *field)
{
	static char event[65536];
	struct monitor monitor = {};
	uint64_t before, after;
	static struct cell cell;
	char rule[32] = "", verdict[32] = "";
	int fd;

	if (guard == GUARD_NONE || !wanted(technique, "before"))
		return;
	prepare(&cell, technique, kind, HOLD_FIRED);
	fd = start_held(&cell);
	guard_start(guard);
	monitor_start(&monitor);
	finish(&cell, fd);
	if (ok(monitor_next(&monitor, event, sizeof(event), 10000),
	       "%s %s before: told of", technique, container_names[kind]))
		json_string(event, "rule", rule, sizeof(rule));
	ok(!strcmp(rule, "adopt-implausible"), "%s %s before: its rule (%s)",
	   technique, container_names[kind], rule);
	json_string(event, "verdict", verdict, sizeof(verdict));
	ok(!strcmp(verdict, "audit"), "%s %s before: a guess kills nobody (%s)",
	   technique, container_names[kind], verdict);
	if (!ok(json_change(event, field, &before, &after),
		"%s %s before: %s is named", technique, container_names[kind],
		field))
		diag("%s", event);
	monitor_stop(&monitor);
	ok(guard_stop(guard), "%s %s before: the guard unloads", technique,
	   container_names[kind]);
	witness_stop(&cell.witness);
	fixture_balance(fixture, GUARD_OFF);
}

int main(int argc, char **argv)
{
	int kind;

	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	only = argc > 2 ? argv[2] : NULL;
	only_when = argc > 3 ? argv[3] : NULL;
	fixture_start();
	fixture = fixture_open();
	for (kind = CONTAINER_USERNS; kind <= CONTAINER_RUNC; kind++) {
		attacks_later("ids", kind, false);
		attacks_later("nsproxy", kind, false);
		attacks_later("fs-root", kind, false);
		attacks_later("fs-pwd", kind, false);
		if (guard != GUARD_NONE)
			attacks_later("ids", kind, true);
	}
	attacks_later("cred", CONTAINER_USERNS, false);
	attacked_before("cred-init", CONTAINER_USERNS, "cred");
	attacked_before("cred-init", CONTAINER_DOCKER, "cap_bounding");
	attacked_before("cred", CONTAINER_USERNS, "user_ns");
	attacked_before("nsproxy", CONTAINER_USERNS, "net_ns");
	attacked_before("nsproxy", CONTAINER_DOCKER, "mnt_ns");
	attacked_before("fs-root", CONTAINER_DOCKER, "root_mnt_ns");
	attacked_before("bounding", CONTAINER_DOCKER, "cap_bounding");
	attacked_before("seccomp", CONTAINER_PRIVILEGED, "seccomp_mode");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
