// SPDX-License-Identifier: GPL-2.0
/*
 * The breaker: violations in several containers at once are refused, and from
 * some number on nobody is killed; one container can't bring that about.
 */
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

#define LIMIT	3
#define CELLS	(LIMIT + 1)

/* One of each kind of state that a task is given back. */
static const char *const repaired[] = {
	"ids", "cred", "subjective", "user-ns", "groups", "nsproxy", "ns-member",
	"fs-root", "fs-pointer", "fs-pwd", "seccomp", "seccomp-bit", "seccomp-filter",
	"no-new-privs",
};

static struct monitor monitor;

static bool event_is(const char *rule, const char *verdict)
{
	static char event[65536];
	char said[2][32] = { "", "" };

	if (!monitor_next(&monitor, event, sizeof(event), 10000))
		return false;
	json_string(event, "rule", said[0], sizeof(said[0]));
	json_string(event, "verdict", said[1], sizeof(said[1]));
	if (!strcmp(said[0], rule) && !strcmp(said[1], verdict))
		return true;
	diag("%s", event);
	return false;
}

/* Dozens of kills in one container are no storm. */
static void one_container(int fixture)
{
	static struct cell cell;

	cell_prepare(&cell, technique_find("cred"), CONTAINER_USERNS, SHOOTER_NOW);
	cell.recipe.repeat = 4 * LIMIT;
	cell_run(&cell, GUARD_ENFORCE);
	ok(cell.kills == 4 * LIMIT, "each attack from one container is killed (%lld)",
	   (long long)cell.kills);
	ok(!guard_counter("storms"), "that is no storm");
	ok(!witness_saw(&cell.witness), "none has an effect");
	witness_stop(&cell.witness);
	fixture_balance(fixture, GUARD_ENFORCE);
	for (int i = 0; i < 4 * LIMIT; i++)
		ok(event_is("cred-pointer", "kill"), "event %d", i);
}

/*
 * Who is refused and not killed has back what the attack has changed, and goes on: what
 * he may do works, and what the attack was good for does not.
 */
static void goes_on(int fixture, const char *name)
{
	const struct technique *t = technique_find(name);
	static struct cell cell;

	cell_prepare(&cell, t, (enum container_kind)__builtin_ctz(t->kinds), SHOOTER_NOW);
	cell.recipe.again = 1;
	cell.recipe.way = (enum way)__builtin_ctz(t->ways);
	cell_run(&cell, GUARD_ENFORCE);
	ok(!witness_saw(&cell.witness), "%s: no effect", name);
	ok(WIFEXITED(cell.status) &&
	   WEXITSTATUS(cell.status) == ATTACKER_REFUSED,
	   "%s: refused, not killed (%x)", name, cell.status);
	ok(!access(witness_below(&cell.witness, "share/out/work"), F_OK),
	   "%s: what anybody may do works", name);
	ok(event_is(t->rule, "deny"), "%s: the event says so", name);
	witness_stop(&cell.witness);
	fixture_balance(fixture, GUARD_ENFORCE);
}

/*
 * They are ready before the first attacks, so that a slow machine does not make
 * several moments of one.
 */
static void several_containers(int fixture)
{
	static struct cell cells[CELLS];
	int i;

	for (i = 0; i < CELLS; i++) {
		cell_prepare(&cells[i], technique_find("cred"), CONTAINER_USERNS,
			     SHOOTER_NOW);
		cell_create(&cells[i]);
	}
	for (i = 0; i < CELLS; i++) {
		bool spared = i >= LIMIT - 1;

		container_go(&cells[i].container);
		cells[i].status = container_wait(&cells[i].container);
		ok(!witness_saw(&cells[i].witness),
		   "container %d: no effect", i);
		if (spared)
			ok(WIFEXITED(cells[i].status) &&
			   WEXITSTATUS(cells[i].status) == ATTACKER_REFUSED,
			   "container %d: refused, not killed (%x)", i,
			   cells[i].status);
		else
			ok(cell_killed(&cells[i]), "container %d: killed (%x)",
			   i, cells[i].status);
		ok(event_is("cred-pointer", spared ? "deny" : "kill"),
		   "container %d: the event says so", i);
		if (i == LIMIT - 1)
			ok(event_is("kill-storm", "deny"), "the storm is told of");
		witness_stop(&cells[i].witness);
		fixture_balance(fixture, GUARD_ENFORCE);
	}
	ok(guard_counter("storms") == 1, "one storm");
	ok(guard_says("violations in"), "and the log says so");
	for (i = 0; i < (int)ARRAY_SIZE(repaired); i++)
		goes_on(fixture, repaired[i]);
}

/* Each with a guard that has seen nothing yet. */
static void with_guard(void (*test)(int fixture), int fixture)
{
	char limit[8];

	guard_start(GUARD_ENFORCE);
	snprintf(limit, sizeof(limit), "%d", LIMIT);
	guard_set("storm", limit);
	monitor_start(&monitor);
	test(fixture);
	monitor_stop(&monitor);
	ok(guard_stop(GUARD_ENFORCE), "the guard unloads");
}

int main(void)
{
	int fixture;

	fixture_start();
	fixture = fixture_open();
	guard_watch_log();
	with_guard(one_container, fixture);
	with_guard(several_containers, fixture);
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
