/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_BOND_H
#define SELFTESTS_BOND_H

#include <stdbool.h>

#include "attack/recipe.h"

/* Before the attacker becomes who it is to be; see enum bond. */
bool bond_as_root(const struct recipe *recipe);
/* And after that. */
bool bond_as_user(const struct recipe *recipe, int fixture);

#endif /* SELFTESTS_BOND_H */
