// SPDX-License-Identifier: GPL-2.0
/* Does all that a program may do, over and over, and expects the same of it. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "life/deed.h"
#include "life/inmate.h"

/*
 * The first round shows what comes of each deed where there is no guard, and what
 * this task's kind of container can't do at all.
 */
static void learn(int *results)
{
	int i;

	for (i = 0; i < nr_deeds; i++)
		results[i] = deed_do(&deeds[i]);
}

static int count_done(const int *results)
{
	int i, done = 0;

	for (i = 0; i < nr_deeds; i++)
		done += !results[i];
	return done;
}

int inmate_toil(struct board *board, const char *setuid_program)
{
	int *results = calloc(nr_deeds, sizeof(*results));
	int i, status;

	if (!results)
		return INMATE_BROKEN;
	if (*setuid_program)
		deed_setuid = setuid_program;
	learn(results);
	/* What the test gets to see: how many of them work here. */
	board_add(&board->ready, count_done(results));
	board_reaches(&board->go, 1, -1);
	srand(getpid());
	while (!__atomic_load_n(&board->stop, __ATOMIC_SEQ_CST)) {
		i = rand() % nr_deeds;
		status = deed_do(&deeds[i]);
		if (status != results[i])
			board_wrong(board, "%s: status %x instead of %x",
				    deeds[i].name, status, results[i]);
		board_add(&board->rounds, 1);
	}
	return board->errors ? 1 : 0;
}
