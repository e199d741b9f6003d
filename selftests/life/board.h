/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_BOARD_H
#define SELFTESTS_BOARD_H

#include <stdbool.h>

#define BOARD_NAME	"board"
#define BOARD_PATH	"/share/" BOARD_NAME

/**
 * struct board - what a test and the tasks of one container tell each other
 * @go: by the test: how far they may go
 * @pause: by the test: 1 while they shall stand still
 * @stop: by the test: 1 when they shall end
 * @ready: by the tasks: how many have come to the @go they wait for
 * @paused: by the tasks: how many stand still
 * @rounds: by the tasks: rounds of work so far
 * @errors: by the tasks: results that were not what they must be
 * @error: the first of them
 *
 * A page of a file that both have mapped.  Whoever waits for a word sleeps on it.
 * The calls that takes (futex) are such as the guard's gate lets pass unseen.
 */
struct board {
	int go;
	int pause;
	int stop;
	int ready;
	int paused;
	int rounds;
	int errors;
	char error[256];
};

/* Maps it; made anew with @create.  NULL with errno set. */
struct board *board_map(const char *path, bool create);
void board_unmap(struct board *board);
/* Changes a word, and wakes who waits for it. */
void board_set(int *word, int value);
void board_add(int *word, int value);
/* Waits until a word is @value or more; false after @ms, never if that is -1. */
bool board_reaches(int *word, int value, int ms);
/* By a task: stands still if that is asked for. */
void board_rest(struct board *board);
/* By a task: counts a result that is wrong, and says which. */
__attribute__((format(printf, 2, 3)))
void board_wrong(struct board *board, const char *fmt, ...);

#endif /* SELFTESTS_BOARD_H */
