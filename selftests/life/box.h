/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_BOX_H
#define SELFTESTS_BOX_H

#include "attack/container.h"
#include "life/board.h"

enum box_kind {
	BOX_USERNS,	/* a container with a user namespace */
	BOX_DOCKER,	/* the host's root with docker's capabilities */
	BOX_PRIVILEGED,	/* with all of them */
	BOX_NESTED,	/* one inside a privileged one */
	BOX_AMBIGUOUS,	/* privileged, in the host's process namespace */
	NR_BOX_KINDS,
};
extern const char *const box_names[NR_BOX_KINDS];

/**
 * struct box - a container whose program is selftests/life/inmate
 * @kind: see above
 * @container: made by attack/container.c
 * @share: its /share on the host
 * @board: on it
 * @argv: of the program
 */
struct box {
	enum box_kind kind;
	struct container container;
	char share[32];
	struct board *board;
	char *argv[6];
};

/*
 * Makes one whose program will get these arguments: @role, @arg (may be NULL).
 * Descriptors that are not closed on exec go along.
 */
void box_create(struct box *box, enum box_kind kind, const char *role,
		const char *arg);
/* Lets it run. */
void box_go(struct box *box);
/* Waits until all @tasks of it stand still, or sets them going again. */
bool box_pause(struct box *box, int tasks);
void box_resume(struct box *box);
/* How many threads are alive in it. */
int box_threads(const struct box *box);
/* Has its first process ended? */
bool box_ended(const struct box *box);
/* Waits for its end, and removes it; the wait status of its first process. */
int box_wait(struct box *box);
/* Tells it to end first. */
int box_end(struct box *box);
/* A file of its control group. */
void box_cgroup(const struct box *box, const char *file, char *path,
		size_t size);

/* For what has to come and is waited for: the debug kernel takes its time. */
#define PATIENCE_MS 120000

#endif /* SELFTESTS_BOX_H */
