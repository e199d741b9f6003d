// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "common/tap.h"
#include "life/kmsg.h"

int kmsg_open(void)
{
	int fd = open("/dev/kmsg", O_RDONLY | O_NONBLOCK | O_CLOEXEC);

	if (fd < 0 || lseek(fd, 0, SEEK_END) < 0)
		bail("/dev/kmsg");
	return fd;
}

int kmsg_count(int fd, const char *text)
{
	char line[8192];
	int count = 0;
	ssize_t n;

	/* A record for each read(); one that was overwritten is EPIPE. */
	while ((n = read(fd, line, sizeof(line) - 1)) > 0) {
		line[n] = '\0';
		if (!strstr(line, text))
			continue;
		if (!count++)
			diag("%s", line);
	}
	if (n < 0 && errno != EAGAIN)
		bail("/dev/kmsg");
	return count;
}
