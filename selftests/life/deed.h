/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_DEED_H
#define SELFTESTS_DEED_H

/**
 * struct deed - something that a program may do
 * @name: for who is told that it went wrong
 * @act: does it; 0, or the error of the step that failed.  It is called in a child
 *	of its own and may leave that one as it likes
 */
struct deed {
	const char *name;
	int (*act)(void);
};
extern const struct deed deeds[];
extern const int nr_deeds;

/* Where a set-user-ID copy of the program lies. */
extern const char *deed_setuid;
/* What it, and a plain copy, is told to do. */
#define DEED_ROOT	"root"
#define DEED_NOTHING	"done"

/* Does it in a child: its wait status, or -1. */
int deed_do(const struct deed *deed);

#endif /* SELFTESTS_DEED_H */
