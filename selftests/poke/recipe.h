/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_POKE_RECIPE_H
#define SELFTESTS_POKE_RECIPE_H

#include "poke/poke.h"

/* Where it lies in the container, beside the attacker's other recipe. */
#define POKES_PATH	"/share/pokes"
#define MAX_POKES	3

/**
 * struct pokes - what is overwritten
 * @count: how many
 * @poke: one after the other
 */
struct pokes {
	__u32 count;
	__u32 pad;
	struct poke poke[MAX_POKES];
};

#endif /* SELFTESTS_POKE_RECIPE_H */
