// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "life/lease.h"

#define BREAK_TIME "/proc/sys/fs/lease-break-time"

int lease_take(const char *path)
{
	/* Not for writing: what is open for that can't be executed. */
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	/* It is asked, not told. */
	signal(SIGIO, SIG_IGN);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK))
		bail("a lease on %s", path);
	return fd;
}

/* What it is to become is told as if it were that already. */
bool lease_wanted(int fd)
{
	return fcntl(fd, F_GETLEASE) != F_WRLCK;
}

void lease_give_up(int fd)
{
	if (fcntl(fd, F_SETLEASE, F_UNLCK))
		bail("give up a lease");
	close(fd);
}

void lease_patience(bool on)
{
	if (write_text(BREAK_TIME, on ? "3600" : "45"))
		bail(BREAK_TIME);
}
