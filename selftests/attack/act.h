/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_ACT_H
#define SELFTESTS_ACT_H

#include <stddef.h>
#include <sys/types.h>

#include "attack/recipe.h"

struct ring;

/*
 * The use that the recipe asks for.  Zero if every call that it takes succeeded,
 * else ATTACKER_REFUSED: the attacker's word, which is nobody's evidence.
 */
int act(const struct recipe *recipe);
/* The same by an io_uring, for what that can do. */
int act_by_ring(const struct recipe *recipe, struct ring *ring);
/*
 * The same by a call with one path, which the kernel reads from @path when it
 * has let the call begin; act_path() tells which path that will have to be.
 */
int act_on(const struct recipe *recipe, const char *path);
void act_path(const struct recipe *recipe, char *path, size_t size);

/*
 * fork() for a child that may be in another pid namespace, where it has no
 * number of the parent's: 0 in the child alone.  The parent must not wait for
 * it, on which the kernel would follow the child that it has just freed, but
 * for that there are no more: act_wait().
 */
pid_t act_fork(void);
void act_wait(void);

#endif /* SELFTESTS_ACT_H */
