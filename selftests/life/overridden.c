// SPDX-License-Identifier: GPL-2.0
/*
 * commit_creds() of a task whose subjective credential is another than its
 * objective one, in one system call.  On a plain kernel that is a BUG, which takes
 * the host down; in no mode of the guard is it one:
 *
 *	overridden off|audit|enforce
 */
#include <string.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/json.h"
#include "common/tap.h"

#define MESSAGE "nsguard: commit_creds() under an overridden credential"

static struct monitor monitor;
static enum guard guard;

/* The override itself is what is told of, by the hook that it would have fooled. */
static void judge_event(void)
{
	char event[65536], rule[32] = "", hook[64] = "";

	if (!ok(monitor_next(&monitor, event, sizeof(event), 10000),
		"the event arrives"))
		return;
	json_string(event, "rule", rule, sizeof(rule));
	json_string(event, "hook", hook, sizeof(hook));
	ok(!strcmp(rule, "cred-subjective"), "its rule (%s)", rule);
	ok(!strcmp(hook, "commit_creds"), "who saw it (%s)", hook);
}

/* An override of the credential, and behind it a commit. */
static void prepare(struct cell *cell)
{
	struct recipe more;

	cell_prepare(cell, technique_find("subjective"), CONTAINER_DOCKER,
		     SHOOTER_NOW);
	technique_recipe(technique_find("commit-init"), SHOOTER_NOW,
			 cell->witness.owner, &more);
	cell->recipe.more[cell->recipe.nmore++] = more.shot;
}

static void shoot(void)
{
	int64_t leaked = guard_counter("leaked_creds");
	int64_t denied = guard_counter("denied");
	static struct cell cell;
	bool effect;

	prepare(&cell);
	cell_run(&cell, guard);
	effect = witness_saw(&cell.witness);
	if (guard == GUARD_ENFORCE) {
		ok(!effect, "no effect");
		ok(cell_killed(&cell), "the attacker was killed (%x)",
		   cell.status);
	} else {
		ok(effect, "what it had before works (%x)", cell.status);
		ok(guard_says(MESSAGE), "the log says why");
	}
	if (guard >= GUARD_AUDIT)
		judge_event();
	ok(guard_counter("leaked_creds") == leaked + 1,
	   "the credential is left alone");
	ok(guard_counter("denied") > denied, "that is counted as refused");
	witness_expect(&cell.witness, effect);
	witness_stop(&cell.witness);
}

int main(int argc, char **argv)
{
	int fixture;

	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	if (guard == GUARD_NONE)
		bail("off, audit or enforce");
	fixture_start();
	fixture = fixture_open();
	guard_start(guard);
	guard_watch_log();
	monitor_start(&monitor);
	shoot();
	fixture_balance(fixture, guard);
	monitor_stop(&monitor);
	ok(guard_stop(guard), "the guard leaves");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
