/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_TRANSIT_H
#define SELFTESTS_TRANSIT_H

#include <stdbool.h>
#include <stdint.h>

#include "attack/recipe.h"

extern const char *const transit_names[NR_TRANSITS];

/*
 * Makes the transition again and again until @until (now_ms()); each leaves the
 * task as it was.  False if one failed, which an attack may bring about.
 */
bool transit(enum transit kind, int64_t until);

/* TRANSIT_EXEC: the program's main() is this with these arguments. */
#define TRANSIT_AGAIN	"again"

#endif /* SELFTESTS_TRANSIT_H */
