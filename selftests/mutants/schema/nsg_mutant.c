// SPDX-License-Identifier: GPL-2.0
/*
 * The number of the wanted mutant; 0 is the module as it is.  It tells the kernel
 * log which one is loaded and, at its end, what the tests have come to.
 */
#include <linux/module.h>
#include <linux/printk.h>

#define LINE 64

struct nsg_mutant nsg_mutant = { .magic = "nsguard-mutant:" };
u8 nsg_mutant_reached[NSG_MUTANTS + 1];

static void tell(void)
{
	unsigned int i, used = 0;
	char line[LINE * 6];

	for (i = 1; i <= NSG_MUTANTS; i++) {
		if (nsg_mutant_reached[i])
			used += scnprintf(line + used, sizeof(line) - used, " %u", i);
		if (used && (used > sizeof(line) - 8 || i == NSG_MUTANTS)) {
			printk(KERN_INFO "mutants reached:%s\n", line);
			used = 0;
		}
	}
}

int nsg_mutant_begin(int (*init)(void))
{
	int err;

	printk(KERN_INFO "mutant %u begins\n", nsg_mutant.number);
	err = init();
	if (err)
		nsg_mutant_end();
	return err;
}

void nsg_mutant_end(void)
{
	if (!nsg_mutant.number)
		tell();
}
