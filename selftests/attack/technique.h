/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_TECHNIQUE_H
#define SELFTESTS_TECHNIQUE_H

#include <stdbool.h>
#include <stdint.h>

#include "attack/container.h"
#include "attack/recipe.h"

/* Who fires at whom. */
enum shooter {
	SHOOTER_NOW,	/* the attacker at itself, in its own system call */
	SHOOTER_TIMER,	/* a timer on another CPU at the attacker */
	SHOOTER_CPU,	/* the attacker at its child, from another CPU */
	NR_SHOOTERS,
};
extern const char *const shooter_names[NR_SHOOTERS];

/**
 * struct technique - an end state, and how it reaches the host
 * @name: for the results
 * @prim: enum fixture_prim; NO_SHOT: setns() by a leaked descriptor
 * @flags: FIXTURE_F_*; for NO_SHOT the namespace's CLONE_NEW*
 * @kinds: bits of enum container_kind
 * @shooters: bits of enum shooter
 * @reach: enum reach
 * @rule: what the guard calls it
 * @root: the attacker stays root of its container
 */
struct technique {
	const char *name;
	enum fixture_prim prim;
	unsigned int flags;
	unsigned int kinds;
	unsigned int shooters;
	enum reach reach;
	const char *rule;
	bool root;
};
#define NO_SHOT FIXTURE_NR_PRIMS
extern const struct technique techniques[];
extern const int nr_techniques;

/* A change that the event has to tell; @field NULL ends a list. */
struct change {
	const char *field;
	uint64_t before, after;
};
#define MAX_CHANGES 16

/* The recipe of a cell, with random ids and capabilities. */
void technique_recipe(const struct technique *t, enum shooter shooter,
		      unsigned int owner, struct recipe *recipe);
/* What of it the event must show; the container has not yet been let go. */
void technique_changes(const struct technique *t, const struct container *c,
		       const struct recipe *recipe, struct change *changes);

#endif /* SELFTESTS_TECHNIQUE_H */
