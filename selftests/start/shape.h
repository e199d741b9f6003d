/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_START_SHAPE_H
#define SELFTESTS_START_SHAPE_H

#include "member.h"

enum root {
	ROOT_HOST,	/* the host's */
	ROOT_TMP,	/* the host's, with a /tmp of its own and read-only */
	ROOT_SUBDIR,	/* chroot() to a folder of the host's file system */
	ROOT_CHROOT,	/* chroot() to another file system */
	ROOT_PIVOT,	/* pivot_root() to it */
	ROOT_BIND,	/* chroot() to where the host's root is mounted again */
	ROOT_BIND_PIVOT,/* pivot_root() to that */
	ROOT_HELD,	/* pivot_root() to it, and chroot() to where the host's is in it */
	ROOT_OLD,	/* chroot() to what the host had before, in /mnt */
};

/**
 * struct shape - where a task is when it executes its program
 * @name: what has this shape
 * @flags: namespaces of its own
 * @root: what its root is
 */
struct shape {
	const char *name;
	int flags;
	enum root root;
};

/* Puts the caller, or a child of it that it waits for, into the namespaces. */
void shape_enter(int flags);
/* Gives it its root; the program's path in there. */
const char *shape_root(enum root root);
/* Its whole life, judged. */
void shape_try(const struct shape *shape, enum verdict verdict);
/* For member_start(): all of it, then the program. */
void shape_run(const void *shape);
/* For member_start(): all of it, and no program until the first answer. */
void shape_linger(const void *shape);

#endif /* SELFTESTS_START_SHAPE_H */
