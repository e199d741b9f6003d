// SPDX-License-Identifier: GPL-2.0
/*
 * Which mutants are wanted; with none it is the module as it is.  It tells the kernel
 * log which are loaded and, at its end, what the tests have come to: of all of them
 * or, where some are wanted, of these.
 */
#include <linux/module.h>
#include <linux/printk.h>
#include <linux/string.h>

#define LINE 64

struct nsg_mutant nsg_mutant = { .magic = "nsguard-mutant:" };
u8 nsg_mutant_reached[NSG_MUTANTS + 1];

static void tell(const char *what, const u8 *numbers, bool all)
{
	unsigned int i, used = 0;
	char line[LINE * 6];

	for (i = 1; i <= NSG_MUTANTS; i++) {
		if (numbers[i] && (all || nsg_mutant.wanted[i]))
			used += scnprintf(line + used, sizeof(line) - used, " %u", i);
		if (used && (used > sizeof(line) - 8 || i == NSG_MUTANTS)) {
			printk(KERN_INFO "mutants %s:%s\n", what, line);
			used = 0;
		}
	}
}

static bool any_wanted(void)
{
	return memchr_inv(nsg_mutant.wanted, 0, sizeof(nsg_mutant.wanted));
}

int nsg_mutant_begin(int (*init)(void))
{
	int err;

	if (any_wanted())
		tell("begin", nsg_mutant.wanted, false);
	else
		printk(KERN_INFO "mutants begin: 0\n");
	err = init();
	if (err)
		nsg_mutant_end();
	return err;
}

void nsg_mutant_end(void)
{
	tell("reached", nsg_mutant_reached, !any_wanted());
}
