// SPDX-License-Identifier: GPL-2.0
/* Threads that do nothing but to make others and to wait for their end. */
#include <pthread.h>

#include "life/inmate.h"

static void *nothing(void *arg)
{
	return arg;
}

static void *breed(void *arg)
{
	struct board *board = arg;
	pthread_t thread;

	while (!__atomic_load_n(&board->stop, __ATOMIC_SEQ_CST)) {
		if (pthread_create(&thread, NULL, nothing, NULL) ||
		    pthread_join(thread, NULL))
			board_wrong(board, "a thread could not be made");
		board_add(&board->rounds, 1);
		board_rest(board);
	}
	return NULL;
}

int inmate_threads(struct board *board, const char *arg)
{
	pthread_t threads[NR_BREEDERS];
	int i;

	(void)arg;
	for (i = 0; i < NR_BREEDERS; i++)
		if (pthread_create(&threads[i], NULL, breed, board))
			return INMATE_BROKEN;
	for (i = 0; i < NR_BREEDERS; i++)
		pthread_join(threads[i], NULL);
	return board->errors ? 1 : 0;
}
