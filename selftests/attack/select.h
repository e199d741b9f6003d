/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_SELECT_H
#define SELFTESTS_SELECT_H

#include "attack/technique.h"

/* What a cell of the matrix is made of. */
enum axis {
	AXIS_TECHNIQUE,
	AXIS_KIND,
	AXIS_SHOOTER,
	AXIS_USE,
	AXIS_WAY,
	NR_AXES,
};

/**
 * struct coordinates - one cell of the matrix
 * @at: by axis: index of techniques[], enum container_kind, ...
 */
struct coordinates {
	unsigned char at[NR_AXES];
};

/**
 * enum coverage - how many cells are chosen
 * @COVER_EACH: every value of each axis appears
 * @COVER_PAIRS: every two values appear together, where they can
 * @COVER_ALL: every cell there is
 */
enum coverage {
	COVER_EACH,
	COVER_PAIRS,
	COVER_ALL,
};

/**
 * select_cells - choose cells, at random
 * @coverage: how many
 * @seed: the same chooses the same
 * @only: NULL or a word: nothing but what has a value of that name
 * @count: filled
 *
 * Return: the cells, for free().
 */
struct coordinates *select_cells(enum coverage coverage, uint64_t seed,
				 const char *only, int *count);
/* The name of a value. */
const char *axis_name(enum axis axis, int value);

#endif /* SELFTESTS_SELECT_H */
