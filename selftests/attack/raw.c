// SPDX-License-Identifier: GPL-2.0
/*
 * A raw overwrite on a plain kernel, where it has its effect and leaves the
 * kernel with wrong reference counts: a boot of its own for each.
 *
 *	raw TECHNIQUE
 */
#include "attack/cell.h"
#include "common/tap.h"

int main(int argc, char **argv)
{
	static struct cell cell;
	const struct technique *t;

	if (argc != 2)
		bail("which technique?");
	t = technique_find(argv[1]);
	fixture_start();
	cell_prepare(&cell, t, CONTAINER_DOCKER, SHOOTER_NOW);
	cell.recipe.shot.flags |= FIXTURE_F_RAW;
	cell_run(&cell, GUARD_NONE);
	ok(witness_saw(&cell.witness),
	   "%s: a raw overwrite works on a plain kernel", t->name);
	witness_expect(&cell.witness, true);
	return tap_done();
}
