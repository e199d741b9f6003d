/* SPDX-License-Identifier: GPL-2.0 */
/*
 * What the changed places of the module ask: which change is wanted.  Included
 * before every file of the copy in which all of them are.
 */
#ifndef NSG_MUTANT_H
#define NSG_MUTANT_H

#include <linux/compiler.h>
#include <linux/types.h>

/* What is wanted is written into the file of the module, behind the magic. */
struct nsg_mutant {
	char magic[16];
	u8 wanted[NSG_MUTANTS + 1];
};

extern struct nsg_mutant nsg_mutant;
/* Whether the module has come to where the change tells. */
extern u8 nsg_mutant_reached[];

static __always_inline bool nsg_mutant_wanted(unsigned int number)
{
	return unlikely(READ_ONCE(nsg_mutant.wanted[number]));
}

static __always_inline bool nsg_mutant_is(unsigned int number)
{
	nsg_mutant_reached[number] = 1;
	return nsg_mutant_wanted(number);
}

/* A condition's @value, for which the mutant has @put. */
static __always_inline bool nsg_mutant_of(unsigned int number, bool value, bool put)
{
	if (value != put)
		nsg_mutant_reached[number] = 1;
	return nsg_mutant_wanted(number) ? put : value;
}

int nsg_mutant_begin(int (*init)(void));
void nsg_mutant_end(void);

#endif
