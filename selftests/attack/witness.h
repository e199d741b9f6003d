/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_WITNESS_H
#define SELFTESTS_WITNESS_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "attack/recipe.h"

/*
 * The witness: a process of the host which judges by effects alone.  Paths,
 * owners and contents are random for each attack.
 *
 *	/host/WORD/share/		in the container /share
 *		  share/out/		0777
 *		  share/owned/		0700, of a random user (PLACE_OWNER)
 *		  share/group/		0770, of a random group (PLACE_GROUP)
 *		  share/barred/		0707, of the same group (PLACE_BARRED)
 *		  share/point/		to mount on
 *		  open/			0777, not in the container (PLACE_HOST)
 *		  shut/			0700, of the same user (PLACE_SHUT)
 *		  far/			0777, not in the container
 *
 * The place that the attacker heads for holds a secret and a file for each use.
 * Sockets, memory, a victim are there only if the use asks for them.
 */
struct witness {
	char word[17];
	char dir[64];
	char share[80];
	char place[96];
	/* What USE_CREATE, and a shot that acts, leaves behind. */
	char mark[112];
	char secret[33];
	char text[33];
	unsigned int owner;
	enum use use;
	int socket;
	int memory;
	pid_t victim;
};

/* A word of the victim's memory, which is a copy of the test's own. */
extern volatile uint64_t witness_word;
#define WITNESS_WORD_BEFORE 0x6e7367756172640aULL

void witness_start(struct witness *w);
/*
 * Lays out what the recipe's use needs, for an attacker with @uid in the host's
 * numbers, and fills in the recipe what he has to know to reach it.
 */
void witness_tell(struct witness *w, struct recipe *recipe, unsigned int uid);
/* True if the effect has been seen on the host. */
bool witness_saw(struct witness *w);
/* True if the file that a shot's own act creates is there. */
bool witness_saw_act(const struct witness *w);
/* The same of the disk, after the guest's power-off. */
void witness_expect(const struct witness *w, bool effect);
/* Removes what may be removed; files stay for witness_expect(). */
void witness_stop(struct witness *w);

/* Paths below @dir, below @place, and of the control group that would be made. */
const char *witness_below(const struct witness *w, const char *name);
const char *witness_in_place(const struct witness *w, const char *name);
const char *witness_cgroup(const struct witness *w);

#endif /* SELFTESTS_WITNESS_H */
