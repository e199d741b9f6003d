// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "common/page.h"

int page_watch(void *area, size_t size)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register watched = {
		.range = { (unsigned long)area, size },
		.mode = UFFDIO_REGISTER_MODE_MISSING,
	};
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	if (fd >= 0 && (ioctl(fd, UFFDIO_API, &api) ||
			ioctl(fd, UFFDIO_REGISTER, &watched)))
		return -1;
	return fd;
}

void *page_wanted(int fd)
{
	unsigned long size = sysconf(_SC_PAGESIZE);
	struct uffd_msg message;

	if (read(fd, &message, sizeof(message)) != sizeof(message))
		return NULL;
	return (void *)(unsigned long)(message.arg.pagefault.address & ~(size - 1));
}

int page_give(int fd, void *page, size_t size)
{
	struct uffdio_zeropage zero = { .range = { (unsigned long)page, size } };

	return ioctl(fd, UFFDIO_ZEROPAGE, &zero);
}
