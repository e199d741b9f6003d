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
	SHOOTER_THREAD,	/* the same at a thread of its own */
	SHOOTER_PARENT,	/* the same by a child at the attacker */
	NR_SHOOTERS,
};

extern const char *const shooter_names[NR_SHOOTERS];
extern const char *const use_names[NR_USES];
extern const char *const way_names[NR_WAYS];

/**
 * struct technique - an end state, and what it is good for
 * @name: for the results
 * @prim: enum fixture_prim; NO_SHOT: setns() or fchdir() by a leaked descriptor
 * @flags: FIXTURE_F_*; for NO_SHOT the namespace's CLONE_NEW*
 * @which: see struct fixture_shot
 * @chain: instead of one: what is tampered with, in this order; see technique.c
 * @kinds: bits of enum container_kind
 * @shooters: bits of enum shooter
 * @uses: bits of enum use: what it really enables
 * @ways: bits of enum way that lead to them
 * @place: enum place
 * @bond: enum bond
 * @rule: what the guard calls it; several with a bar in between
 * @field: one that the event has to show where technique_changes() is silent
 * @root: the attacker stays root of its container
 */
struct technique {
	const char *name;
	enum fixture_prim prim;
	unsigned int flags;
	unsigned int which;
	const char *chain;
	unsigned int kinds;
	unsigned int shooters;
	unsigned int uses;
	unsigned int ways;
	enum place place;
	enum bond bond;
	const char *rule;
	const char *field;
	bool root;
};
#define NO_SHOT FIXTURE_NR_PRIMS
/* Caps that the docker-like container keeps: its bounding set. */
#define DOCKER_BOUNDING 0xa80425fbULL
extern const struct technique techniques[];
extern const int nr_techniques;

/*
 * A change that the event has to tell, or, where the field is the same afterwards,
 * must not; @field NULL ends a list.
 */
struct change {
	const char *field;
	uint64_t before, after;
};
#define MAX_CHANGES 16

/* Bails out if there is none of that name. */
const struct technique *technique_find(const char *name);
/* The first of its uses. */
enum use technique_use(const struct technique *t);
/* The recipe of a cell, with random ids and capabilities. */
void technique_recipe(const struct technique *t, enum shooter shooter,
		      unsigned int owner, struct recipe *recipe);
/* What of it the event must show; the container has not yet been let go. */
void technique_changes(const struct technique *t, const struct container *c,
		       const struct recipe *recipe, struct change *changes);

#endif /* SELFTESTS_TECHNIQUE_H */
