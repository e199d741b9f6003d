/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_WITNESS_H
#define SELFTESTS_WITNESS_H

#include <stdbool.h>

#include "attack/recipe.h"

/*
 * The witness: a process of the host which judges by effects alone.  Paths,
 * owners and contents are random for each attack.
 *
 *	/host/WORD/share/		in the container /share
 *		  share/secret		0600, of a random user
 *		  share/out/		0777
 *		  share/locked/		0700, of the same user
 *		  open/			0777, not in the container
 *	@WORD				abstract socket of the host
 */
struct witness {
	char word[17];
	char dir[64];
	char share[80];
	char secret[33];
	char text[33];
	unsigned int owner;
	int socket;
};

void witness_start(struct witness *w);
/* Fills in the recipe what the attacker has to know to reach it. */
void witness_tell(const struct witness *w, struct recipe *recipe);
/* True if that effect has been seen on the host. */
bool witness_saw(struct witness *w, enum reach reach);
/* True if the file that a shot's own act creates is there. */
bool witness_saw_act(const struct witness *w);
/* The same of the disk, after the guest's power-off. */
void witness_expect(const struct witness *w, enum reach reach, bool effect);
/* Removes what may be removed; effects stay for witness_expect(). */
void witness_stop(struct witness *w);

#endif /* SELFTESTS_WITNESS_H */
