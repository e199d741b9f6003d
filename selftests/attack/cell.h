/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_CELL_H
#define SELFTESTS_CELL_H

#include "attack/technique.h"
#include "attack/witness.h"
#include "common/guard.h"

/**
 * struct cell - one attack under one guard, and what came of it
 * @technique: which
 * @kind: in which container
 * @shooter: fired how
 * @witness: of this attack
 * @recipe: what the attacker was told; the test may change it before cell_run()
 * @container: it runs there
 * @changes: what an event has to show
 * @status: wait status of the container's first process
 * @before: the guard's counters before it ran
 * @events: how far the guard's counter of events moved
 * @kills: how far its counter of kills moved
 */
struct cell {
	const struct technique *technique;
	enum container_kind kind;
	enum shooter shooter;
	struct witness witness;
	struct recipe recipe;
	struct container container;
	struct change changes[MAX_CHANGES];
	int status;
	struct tally before;
	int64_t events, kills;
};

/* A cell's witness and recipe. */
void cell_prepare(struct cell *cell, const struct technique *technique,
		  enum container_kind kind, enum shooter shooter);
/* Its container, run to its end. */
void cell_run(struct cell *cell, enum guard guard);
/* Its container, up to where only container_go() is missing. */
void cell_create(struct cell *cell);
/* Lets it go. */
void cell_release(struct cell *cell, enum guard guard);
/* The two halves of cell_run(), for a test that does something in between. */
void cell_start(struct cell *cell, enum guard guard);
void cell_finish(struct cell *cell, enum guard guard);
/* True if the victim was killed with SIGKILL. */
bool cell_killed(const struct cell *cell);
/* True if the event tells each of the cell's changes, and not what was none. */
bool cell_event_exact(const struct cell *cell, const char *event);

/* The fixture's device, for the test itself. */
int fixture_open(void);
/* Closes the ledger as it has to be closed under that guard. */
void fixture_balance(int fixture, enum guard guard);

#endif /* SELFTESTS_CELL_H */
