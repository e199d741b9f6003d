// SPDX-License-Identifier: GPL-2.0
/* The program of a test's containers: inmate [nest] ROLE [ARGUMENT [BOARD]] */
#include <stdio.h>
#include <string.h>

#include "attack/nest.h"
#include "attack/recipe.h"
#include "common/util.h"
#include "life/inmate.h"
#include "life/starve.h"
#include "life/stray.h"

static const struct role {
	const char *name;
	int (*play)(struct board *board, const char *arg);
	bool alone;	/* without a board */
} roles[] = {
	{ "threads", inmate_threads, false },
	{ "stray", inmate_stray, false },
	{ "setns", inmate_setns, false },
	{ "half", inmate_half, false },
	{ "honest", inmate_honest, false },
	{ "mover", inmate_mover, false },
	{ "runner", inmate_runner, false },
	{ "peeker", inmate_peeker, false },
	{ "keeper", inmate_keeper, false },
	{ "mixer", inmate_mixer, false },
	{ "newborn", inmate_newborn, false },
	{ "moved", inmate_moved, false },
	{ "forker", inmate_forker, false },
	{ "firstborn", inmate_firstborn, false },
	{ "starver", inmate_starver, false },
	{ "stander", inmate_stander, false },
	{ "hang", inmate_hang, false },
	{ "toil", inmate_toil, false },
	{ "starve", inmate_starve, false },
	{ STARVE_LINGER, inmate_linger, true },
	{ STRAY_DONE, inmate_done, true },
	{ HONEST_ROOT, inmate_root, true },
};

static const struct role *find_role(const char *name)
{
	size_t i;

	for (i = 0; name && i < ARRAY_SIZE(roles); i++)
		if (!strcmp(name, roles[i].name))
			return &roles[i];
	return NULL;
}

int main(int argc, char **argv)
{
	const char *arg = argc > 2 ? argv[2] : "";
	const struct role *role;
	struct board *board;

	if (argc > 1 && !strcmp(argv[1], NEST)) {
		argv[1] = argv[0];
		return nest(argv + 1);
	}
	role = find_role(argv[1]);
	if (!role)
		return INMATE_BROKEN;
	if (role->alone)
		return role->play(NULL, arg);
	board = board_map(argc > 3 ? argv[3] : BOARD_PATH, false);
	if (!board) {
		perror("the board");
		return INMATE_BROKEN;
	}
	return role->play(board, arg);
}
