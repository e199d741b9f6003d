// SPDX-License-Identifier: GPL-2.0
/*
 * The attacker in the container: overwrites what it is told to, uses what it
 * has become and, if that is possible, leaves the kernel as it was.
 */
#include <fcntl.h>
#include <stdbool.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "attack/act.h"
#include "poke/recipe.h"

static struct recipe recipe;
static struct pokes pokes;

static bool load(const char *path, void *to, ssize_t size)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	return fd >= 0 && read(fd, to, size) == size;
}

/* Nobody has taken references: what was displaced goes back. */
static void undo(int device)
{
	unsigned int i;

	for (i = pokes.count; i-- > 0; ) {
		struct poke back = pokes.poke[i];

		back.how = POKE_BYTES;
		__builtin_memcpy(back.bytes, back.was, sizeof(back.bytes));
		ioctl(device, POKE_IOC_STORE, &back);
	}
}

int main(void)
{
	int result, loot, device = open("/dev/" POKE_DEVICE, O_RDWR);
	unsigned int i;

	if (device < 0 || !load(RECIPE_PATH, &recipe, sizeof(recipe)) ||
	    !load(POKES_PATH, &pokes, sizeof(pokes)))
		return ATTACKER_BROKEN;
	loot = open(LOOT_PATH, O_WRONLY | O_CREAT | O_TRUNC, 0644);
	if (loot < 0 || dup2(loot, LOOT_FD) != LOOT_FD ||
	    (recipe.as && (setresgid(recipe.as, recipe.as, recipe.as) ||
			   setresuid(recipe.as, recipe.as, recipe.as))))
		return ATTACKER_BROKEN;
	for (i = 0; i < pokes.count; i++)
		if (ioctl(device, POKE_IOC_STORE, &pokes.poke[i]))
			return ATTACKER_BROKEN;
	result = act(&recipe);
	undo(device);
	return result;
}
