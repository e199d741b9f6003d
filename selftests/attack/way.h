/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_WAY_H
#define SELFTESTS_WAY_H

#include <stdbool.h>

#include "attack/recipe.h"

/* What has to be there before the shot; false with errno set. */
bool way_prepare(const struct recipe *recipe, int fixture);
/* From the state to its use; like act(). */
int way_go(const struct recipe *recipe);
/*
 * WAY_SIBLING: a thread begins the call and hangs in it until a process beside
 * has fired at it; returns when it is through.
 */
int way_sibling(struct recipe *recipe, int fixture);
/* WAY_LOOP: again and again, while the shot is under way. */
int way_loop(const struct recipe *recipe, int fixture);

#endif /* SELFTESTS_WAY_H */
