/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_INMATE_H
#define SELFTESTS_INMATE_H

#include "life/board.h"

/* The roles of a container's program; their exit statuses are its own. */
int inmate_threads(struct board *board, const char *arg);
int inmate_setns(struct board *board, const char *arg);
int inmate_half(struct board *board, const char *arg);
int inmate_honest(struct board *board, const char *arg);
int inmate_mover(struct board *board, const char *what);
int inmate_runner(struct board *board, const char *arg);
int inmate_peeker(struct board *board, const char *arg);
int inmate_keeper(struct board *board, const char *arg);
int inmate_mixer(struct board *board, const char *arg);
int inmate_newborn(struct board *board, const char *arg);
int inmate_moved(struct board *board, const char *arg);
int inmate_forker(struct board *board, const char *arg);
int inmate_firstborn(struct board *board, const char *how);
int inmate_starver(struct board *board, const char *what);
int inmate_stander(struct board *board, const char *what);
int inmate_root(struct board *board, const char *arg);
int inmate_hang(struct board *board, const char *program);
int inmate_starve(struct board *board, const char *what);
int inmate_linger(struct board *board, const char *arg);
int inmate_toil(struct board *board, const char *setuid_program);
int inmate_done(struct board *board, const char *arg);
int inmate_stray(struct board *board, const char *way);

/* Exit status of one that could not even begin. */
#define INMATE_BROKEN 11

#define NR_BREEDERS 6
#define NR_FORKERS 300
/* Threads that a loader has to look at before it comes to inmate_runner()'s. */
#define NR_BEFORE 2000
/* Of the set-user-ID program that inmate_honest() executes. */
#define HONEST_ROOT "root"

#endif /* SELFTESTS_INMATE_H */
