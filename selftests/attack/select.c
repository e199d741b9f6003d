// SPDX-License-Identifier: GPL-2.0
/*
 * Which cells there are, and a choice of them.
 */
#include <stdlib.h>
#include <string.h>

#include "attack/select.h"
#include "common/tap.h"

#define HAS(mask, bit)	((mask) >> (bit) & 1)
#define MAX_VALUES	64
#define MAX_CELLS	(1 << 18)

static int values(enum axis axis)
{
	const int n[NR_AXES] = {
		nr_techniques, NR_CONTAINER_KINDS, NR_SHOOTERS, NR_USES, NR_WAYS,
	};

	return n[axis];
}

const char *axis_name(enum axis axis, int value)
{
	switch (axis) {
	case AXIS_TECHNIQUE:
		return techniques[value].name;
	case AXIS_KIND:
		return container_names[value];
	case AXIS_SHOOTER:
		return shooter_names[value];
	case AXIS_USE:
		return use_names[value];
	default:
		return way_names[value];
	}
}

static bool is_subjective(const struct technique *t)
{
	return !t->chain && (t->prim == FIXTURE_CRED_SUBJ ||
			     t->prim == FIXTURE_OVERRIDE);
}

/* Does the state, in this container, really lead to this effect? */
static bool enables(const struct technique *t, enum container_kind kind,
		    enum use use, enum way way)
{
	bool mighty = t->chain && strpbrk(t->chain, "cC");

	/* What leaves without acting needs nothing. */
	if (way == WAY_EXIT || use == USE_NONE)
		return way == WAY_EXIT && use == USE_NONE;
	if (!HAS(t->uses, use))
		return false;
	/* A user namespace of one's own gives no right over a host's process. */
	return use != USE_PTRACE || kind != CONTAINER_USERNS || mighty;
}

static bool uses_one_path(enum use use)
{
	return use <= USE_MKNOD && use != USE_RENAME;
}

static bool fits_ring(enum use use)
{
	return use <= USE_RENAME;
}

/* Can the attacker, so hit, go that way? */
static bool passable(const struct technique *t, enum shooter shooter,
		     enum use use, enum way way)
{
	bool self = shooter == SHOOTER_NOW || shooter == SHOOTER_TIMER;

	if (!HAS(t->ways, way))
		return false;
	switch (way) {
	case WAY_SIBLING:
		return shooter == SHOOTER_THREAD && uses_one_path(use);
	case WAY_RING:
	case WAY_POLLED:
		return self && fits_ring(use);
	case WAY_IDLE:
		/* Nothing compares the subjective one but the next call. */
		return shooter == SHOOTER_TIMER && !is_subjective(t);
	case WAY_LOOP:
		return shooter == SHOOTER_TIMER && (use <= USE_MKNOD ||
						    use == USE_ABSTRACT);
	case WAY_EXIT:
		return shooter == SHOOTER_NOW;
	case WAY_FLOOD:
		return self;
	default:
		return true;
	}
}

static bool exists(const struct coordinates *c)
{
	const struct technique *t = &techniques[c->at[AXIS_TECHNIQUE]];
	enum container_kind kind = c->at[AXIS_KIND];
	enum shooter shooter = c->at[AXIS_SHOOTER];
	enum use use = c->at[AXIS_USE];
	enum way way = c->at[AXIS_WAY];

	if (!HAS(t->kinds, kind) || !HAS(t->shooters, shooter))
		return false;
	/* A real runtime takes seconds under emulation. */
	if (kind == CONTAINER_RUNC && shooter != SHOOTER_NOW)
		return false;
	return enables(t, kind, use, way) && passable(t, shooter, use, way);
}

/* Counts up like a clock; false at the end. */
static bool next(struct coordinates *c)
{
	int axis;

	for (axis = 0; axis < NR_AXES; axis++) {
		if (++c->at[axis] < values(axis))
			return true;
		c->at[axis] = 0;
	}
	return false;
}

static bool has_name(const struct coordinates *c, const char *only)
{
	int axis;

	for (axis = 0; axis < NR_AXES; axis++)
		if (!strcmp(axis_name(axis, c->at[axis]), only))
			return true;
	return false;
}

/* All of @only, which is names with commas in between. */
static bool wanted(const struct coordinates *c, const char *only)
{
	char names[256], *at, *name;

	if (!only)
		return true;
	strncpy(names, only, sizeof(names) - 1);
	names[sizeof(names) - 1] = '\0';
	for (at = names; (name = strsep(&at, ",")); )
		if (!has_name(c, name))
			return false;
	return true;
}

static struct coordinates *list_all(const char *only, int *count)
{
	struct coordinates *all = calloc(MAX_CELLS, sizeof(*all));
	struct coordinates c = {};
	int n = 0;

	do {
		if (!exists(&c) || !wanted(&c, only))
			continue;
		if (!all || n == MAX_CELLS)
			bail("too many cells");
		all[n++] = c;
	} while (next(&c));
	*count = n;
	return all;
}

/* xorshift64*, for a choice that can be repeated. */
static uint64_t draw(uint64_t *state)
{
	*state ^= *state >> 12;
	*state ^= *state << 25;
	*state ^= *state >> 27;
	return *state * 0x2545f4914f6cdd1dULL;
}

static void shuffle(struct coordinates *cells, int count, uint64_t seed)
{
	uint64_t state = seed ?: 1;
	int i;

	for (i = count - 1; i > 0; i--) {
		int j = (draw(&state) >> 16) % (i + 1);
		struct coordinates swap = cells[i];

		cells[i] = cells[j];
		cells[j] = swap;
	}
}

static bool single[NR_AXES][MAX_VALUES];
static bool pair[NR_AXES][MAX_VALUES][NR_AXES][MAX_VALUES];

/*
 * How a technique is used, and whom it hits from where, is what pairs are about;
 * whether a use goes with a kind of container is the kernel's business.
 */
static bool pairs_count(enum axis a, enum axis b)
{
	return a == AXIS_TECHNIQUE || (a == AXIS_USE && b == AXIS_WAY) ||
	       (a == AXIS_KIND && b == AXIS_WAY) ||
	       (a == AXIS_SHOOTER && b == AXIS_WAY);
}

/* Marks what the cell covers; false if all of it had been before. */
static bool covers_more(const struct coordinates *c, enum coverage coverage)
{
	bool more = false;
	int a, b;

	for (a = 0; a < NR_AXES; a++) {
		bool *seen = &single[a][c->at[a]];

		more |= !*seen;
		*seen = true;
		for (b = a + 1; b < NR_AXES && coverage == COVER_PAIRS; b++) {
			seen = &pair[a][c->at[a]][b][c->at[b]];
			if (!pairs_count(a, b))
				continue;
			more |= !*seen;
			*seen = true;
		}
	}
	return more || coverage == COVER_ALL;
}

struct coordinates *select_cells(enum coverage coverage, uint64_t seed,
				 const char *only, int *count)
{
	struct coordinates *cells;
	int i, total, n = 0;

	cells = list_all(only, &total);
	shuffle(cells, total, seed);
	memset(single, 0, sizeof(single));
	memset(pair, 0, sizeof(pair));
	for (i = 0; i < total; i++)
		if (covers_more(&cells[i], coverage))
			cells[n++] = cells[i];
	diag("%d cells of %d", n, total);
	*count = n;
	return cells;
}
