// SPDX-License-Identifier: GPL-2.0
/*
 * Attacks that hide in a transition: the task makes it again and again while a
 * timer or another processor tampers with it, at a moment of chance.
 *
 *	transition none|enforce TRIES [TRANSITION]
 *
 * An effect is a miss.  None is expected: docs/threat-model.md would have its
 * rate otherwise.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "attack/transit.h"
#include "common/tap.h"
#include "common/util.h"

/*
 * Not the pointers to the credential: exchanged in the midst of a commit they
 * leave the kernel's own accounts of a user's processes wrong.
 */
static const char *const prims[] = { "ids", "nsproxy", "fs-root" };

/*
 * Without the guard: the others leave a plain kernel's accounts and reference
 * counts wrong, and it may not live through that.
 */
static bool plain_survives(const char *prim, enum transit transit)
{
	return strcmp(prim, "nsproxy") &&
	       (transit == TRANSIT_CAPSET || transit == TRANSIT_SETGROUPS ||
		transit == TRANSIT_CHROOT || transit == TRANSIT_FORK);
}

static enum guard guard;
static int fixture, tries;

/* True if it had an effect. */
static bool try_once(const struct technique *t, enum transit transit,
		     enum shooter shooter)
{
	static struct cell cell;
	bool effect;

	cell_prepare(&cell, t, CONTAINER_USERNS, SHOOTER_TIMER);
	cell.recipe.shot.fire = shooter == SHOOTER_CPU ? FIXTURE_CPU :
							 FIXTURE_TIMER;
	/* The timer's is the processor that the attacker is likely to have. */
	cell.recipe.shot.cpu = random_between(0, sysconf(_SC_NPROCESSORS_ONLN) - 1);
	cell.recipe.shot.delay_ms = random_between(1, 30);
	/* Root of the container: it takes capabilities. */
	cell.recipe.as = 0;
	cell.recipe.transit = transit;
	cell_run(&cell, guard);
	effect = witness_saw(&cell.witness);
	/*
	 * Hit within an exec it may find none of its files below the host's root,
	 * before a check finds it.
	 */
	if (guard == GUARD_ENFORCE && !effect && !cell.events &&
	    WIFEXITED(cell.status) &&
	    WEXITSTATUS(cell.status) == ATTACKER_BROKEN)
		bail("the attacker could not try (%x)", cell.status);
	witness_stop(&cell.witness);
	fixture_balance(fixture, guard);
	return effect;
}

/* How many had an effect. */
static int run(enum transit transit, const char *prim, enum shooter shooter)
{
	int i, effects = 0;

	for (i = 0; i < tries; i++)
		effects += try_once(technique_find(prim), transit, shooter);
	if (guard == GUARD_ENFORCE)
		ok(!effects, "%s in %s, %s: %d of %d missed", prim,
		   transit_names[transit], shooter_names[shooter], effects,
		   tries);
	return effects;
}

static void run_prim(const char *prim, const char *only)
{
	int transit, shooter, effects = 0;
	bool tried = false;

	for (transit = TRANSIT_SETUID; transit < NR_TRANSITS; transit++) {
		if (only && strcmp(only, transit_names[transit]))
			continue;
		if (guard == GUARD_NONE && !plain_survives(prim, transit))
			continue;
		tried = true;
		for (shooter = SHOOTER_TIMER; shooter <= SHOOTER_CPU; shooter++)
			effects += run(transit, prim, shooter);
	}
	/* Some are undone by the next turn of the transition itself. */
	if (guard == GUARD_NONE && tried)
		ok(effects, "%s: works, %d times", prim, effects);
}

int main(int argc, char **argv)
{
	size_t i;

	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	tries = argc > 2 ? atoi(argv[2]) : 0;
	if ((guard != GUARD_NONE && guard != GUARD_ENFORCE) || tries <= 0)
		bail("none or enforce, and how many tries");
	fixture_start();
	fixture = fixture_open();
	guard_start(guard);
	for (i = 0; i < ARRAY_SIZE(prims); i++)
		run_prim(prims[i], argc > 3 ? argv[3] : NULL);
	ok(guard_stop(guard), "the guard unloads");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
