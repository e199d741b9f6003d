// SPDX-License-Identifier: GPL-2.0
/*
 * A raw overwrite on a plain kernel, where it has its effect and leaves the
 * kernel with wrong reference counts: a boot of its own for each.
 *
 *	raw TECHNIQUE
 */
#include <string.h>

#include "attack/cell.h"
#include "common/tap.h"

int main(int argc, char **argv)
{
	static struct cell cell;
	int i;

	for (i = 0; i < nr_techniques; i++)
		if (argc > 1 && !strcmp(techniques[i].name, argv[1]))
			break;
	if (i == nr_techniques)
		bail("no such technique");
	fixture_start();
	cell_prepare(&cell, &techniques[i], CONTAINER_DOCKER, SHOOTER_NOW);
	cell.recipe.shot.flags |= FIXTURE_F_RAW;
	cell_run(&cell, GUARD_NONE);
	ok(witness_saw(&cell.witness, techniques[i].reach),
	   "%s: a raw overwrite works on a plain kernel", techniques[i].name);
	witness_expect(&cell.witness, techniques[i].reach, true);
	return tap_done();
}
