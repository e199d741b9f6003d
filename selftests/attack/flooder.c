// SPDX-License-Identifier: GPL-2.0
/*
 * In the container of `flood`: tampers with itself as often and as fast as it
 * can, and once more when a second has passed.
 */
#include <fcntl.h>
#include <sys/ioctl.h>
#include <time.h>
#include <unistd.h>

#include "recipe.h"

static struct recipe recipe;

/* Each time something else, and a system call that is compared. */
static int tamper(int fixture)
{
	recipe.shot.ids[FIXTURE_UID]++;
	return ioctl(fixture, FIXTURE_IOC_FIRE, &recipe.shot) ||
	       access("/", F_OK);
}

int main(void)
{
	/* The quota's period: it is time that is tested here. */
	struct timespec period = { .tv_sec = 1, .tv_nsec = 200000000 };
	int fd = open(RECIPE_PATH, O_RDONLY);
	unsigned int i;

	if (read(fd, &recipe, sizeof(recipe)) != sizeof(recipe))
		return ATTACKER_BROKEN;
	close(fd);
	fd = open("/dev/" FIXTURE_DEVICE, O_RDWR);
	for (i = 1; i < recipe.repeat; i++)
		if (tamper(fd))
			return ATTACKER_BROKEN;
	if (nanosleep(&period, NULL) || tamper(fd))
		return ATTACKER_BROKEN;
	return 0;
}
