/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_FIRST_H
#define SELFTESTS_FIRST_H

/* What the first process of a container is like: inmate_firstborn()'s argument. */
#define FIRST_USUAL	"usual"		/* as any other */
#define FIRST_THREAD	"thread"
#define FIRST_EXITING	"exiting"	/* its threads do nothing but exit */
#define FIRST_ELSEWHERE	"elsewhere"	/* its root is the host's */
/* Not the first one at all. */
#define FIRST_OTHER	"other"

/* In the host's root. */
#define FIRST_SECRET	"first-secret"

#endif /* SELFTESTS_FIRST_H */
