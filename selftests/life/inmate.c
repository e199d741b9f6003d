// SPDX-License-Identifier: GPL-2.0
/* The program of a test's containers: inmate [nest] ROLE [ARGUMENT] */
#include <stdio.h>
#include <string.h>

#include "attack/nest.h"
#include "attack/recipe.h"
#include "life/inmate.h"

static const struct {
	const char *name;
	int (*play)(struct board *board, const char *arg);
} roles[] = {
	{ "threads", inmate_threads },
};

int main(int argc, char **argv)
{
	struct board *board;
	size_t i;

	if (argc > 1 && !strcmp(argv[1], NEST)) {
		argv[1] = argv[0];
		return nest(argv + 1);
	}
	board = board_map(BOARD_PATH, false);
	for (i = 0; board && i < sizeof(roles) / sizeof(roles[0]); i++)
		if (argc > 1 && !strcmp(argv[1], roles[i].name))
			return roles[i].play(board, argc > 2 ? argv[2] : "");
	perror(BOARD_PATH);
	return INMATE_BROKEN;
}
