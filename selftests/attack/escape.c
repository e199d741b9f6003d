// SPDX-License-Identifier: GPL-2.0
/*
 * Every technique in every container, fired from everywhere:
 *
 *	escape none|off|audit|enforce [TECHNIQUE|SHOOTER]
 *
 * Without the guard each has its effect on the host; under enforce none has,
 * the victim is dead and exactly one event tells what was changed.
 */
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

static struct monitor monitor;
static char event[65536];

static void judge_event(const struct cell *cell, const char *name,
			const char *verdict)
{
	char text[64] = "";
	int64_t pid = 0;

	ok(cell->events == 1, "%s: one event (%lld)", name,
	   (long long)cell->events);
	if (!cell->events)
		return;
	if (!ok(monitor_next(&monitor, event, sizeof(event), 10000),
		"%s: the event arrives", name))
		return;
	json_string(event, "rule", text, sizeof(text));
	ok(!strcmp(text, cell->technique->rule), "%s: the rule is %s (%s)",
	   name, cell->technique->rule, text);
	text[0] = '\0';
	json_string(event, "verdict", text, sizeof(text));
	ok(!strcmp(text, verdict), "%s: the verdict is %s (%s)", name, verdict,
	   text);
	if (cell->recipe.whom == WHOM_SELF)
		ok(json_number(event, "pid", &pid) && pid == cell->container.pid,
		   "%s: it names the attacker (%lld)", name, (long long)pid);
	if (!ok(cell_event_exact(cell, event),
		"%s: before and after are exact", name))
		diag("%s", event);
}

static void drain(int64_t surplus)
{
	while (surplus-- > 0 &&
	       monitor_next(&monitor, event, sizeof(event), 10000))
		diag("one too many: %s", event);
}

static void judge(struct cell *cell, enum guard guard)
{
	enum reach reach = cell->technique->reach;
	bool effect = witness_saw(&cell->witness, reach);
	char name[128];

	snprintf(name, sizeof(name), "%s %s %s", cell->technique->name,
		 container_names[cell->kind], shooter_names[cell->shooter]);
	if (guard == GUARD_ENFORCE) {
		ok(!effect, "%s: no effect on the host", name);
		ok(cell_killed(cell), "%s: the victim was killed (status %x)",
		   name, cell->status);
		ok(cell->kills == 1, "%s: one kill (%lld)", name,
		   (long long)cell->kills);
		judge_event(cell, name, "kill");
	} else {
		ok(effect, "%s: it works (status %x)", name, cell->status);
		if (guard == GUARD_AUDIT)
			judge_event(cell, name, "audit");
		else if (guard == GUARD_OFF)
			ok(!cell->events, "%s: no event", name);
	}
	drain(cell->events - 1);
	witness_expect(&cell->witness, reach, guard != GUARD_ENFORCE);
}

static void run_technique(const struct technique *t, enum guard guard,
			  int fixture, const char *only)
{
	static struct cell cell;
	int kind, shooter;

	for (kind = 0; kind < NR_CONTAINER_KINDS; kind++) {
		for (shooter = 0; shooter < NR_SHOOTERS; shooter++) {
			if (!(t->kinds >> kind & 1) ||
			    !(t->shooters >> shooter & 1))
				continue;
			if (only && strcmp(only, t->name) &&
			    strcmp(only, shooter_names[shooter]))
				continue;
			if (kind == CONTAINER_RUNC && shooter != SHOOTER_NOW)
				continue;
			cell_prepare(&cell, t, kind, shooter);
			cell_run(&cell, guard);
			judge(&cell, guard);
			witness_stop(&cell.witness);
			fixture_balance(fixture, guard);
		}
	}
}

static void compare(const struct fixture_counts *before,
		    const struct fixture_counts *after)
{
	ok(before->init_cred == after->init_cred, "init_cred: %lld to %lld",
	   before->init_cred, after->init_cred);
	ok(before->init_nsproxy == after->init_nsproxy,
	   "initial nsproxy: %lld to %lld", before->init_nsproxy,
	   after->init_nsproxy);
	ok(before->init_fs == after->init_fs, "fs of pid 1: %lld to %lld",
	   before->init_fs, after->init_fs);
	ok(before->init_user_nproc == after->init_user_nproc,
	   "processes of root: %lld to %lld", before->init_user_nproc,
	   after->init_user_nproc);
	ok(!after->ledger, "the ledger is closed");
}

int main(int argc, char **argv)
{
	enum guard guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	struct fixture_counts before, after;
	int i, fixture;

	fixture_start();
	fixture = fixture_open();
	guard_start(guard);
	if (guard != GUARD_NONE)
		monitor_start(&monitor);
	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &before))
		bail("counts");
	for (i = 0; i < nr_techniques; i++)
		run_technique(&techniques[i], guard, fixture,
			      argc > 2 ? argv[2] : NULL);
	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &after))
		bail("counts");
	compare(&before, &after);
	monitor_stop(&monitor);
	ok(guard_stop(guard), "the guard unloads");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
