// SPDX-License-Identifier: GPL-2.0
/* What `overlaid` has run in its container: opens a file through an overlay. */
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>

int main(void)
{
	if (mkdir("/tmp/all", 0755) ||
	    mount("overlay", "/tmp/all", "overlay", 0,
		  "lowerdir=/share/low:/share/lower"))
		return 2;
	return open("/tmp/all/file", O_RDONLY) < 0;
}
