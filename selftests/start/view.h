/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_START_VIEW_H
#define SELFTESTS_START_VIEW_H

#include <stdbool.h>
#include <stdint.h>

#define VIEW_MAX 32

/* A container as the module reports it; @parent is 0 for the host. */
struct seen {
	int64_t id;
	int64_t parent;
	int64_t tasks;
	int64_t events;
	int64_t mnt_ns;
	int64_t pid_ns;
	int64_t user_ns;
	bool certain;
	bool adopted;
	char cgroup[256];
};

/**
 * struct view - all that the module says of containers
 * @seen: each with at least one task
 * @count: how many
 * @tasks: tracked tasks, in all of them
 */
struct view {
	struct seen seen[VIEW_MAX];
	int count;
	int64_t tasks;
};

/* Bails out when the module can't be asked. */
void view_take(struct view *view);
/* By id; NULL if there is none. */
const struct seen *view_find(const struct view *view, int64_t id);
/*
 * The container that @after has and @before has not.  NULL if there is none;
 * @count tells how many there are.
 */
const struct seen *view_new(const struct view *before, const struct view *after,
			    int *count);
void view_show(const struct view *view);

#endif /* SELFTESTS_START_VIEW_H */
