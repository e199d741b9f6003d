// SPDX-License-Identifier: GPL-2.0
/*
 * What `caught` has run in its container: a thread hangs in chroot(), before the path
 * that is not there yet, and the other goes on when it is told to.
 */
#include <fcntl.h>
#include <linux/userfaultfd.h>
#include <pthread.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "life/caught.h"

static char *page;

static int open_faults(void)
{
	struct uffdio_api api = { .api = UFFD_API };
	struct uffdio_register reg = { .mode = UFFDIO_REGISTER_MODE_MISSING };
	int fd = syscall(SYS_userfaultfd, O_CLOEXEC);

	page = mmap(NULL, 4096, PROT_READ | PROT_WRITE,
		    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	reg.range.start = (unsigned long)page;
	reg.range.len = 4096;
	if (fd < 0 || ioctl(fd, UFFDIO_API, &api) ||
	    ioctl(fd, UFFDIO_REGISTER, &reg))
		return -1;
	return fd;
}

static void *change_root(void *arg)
{
	(void)arg;
	return (void *)(long)chroot(page);
}

/* Makes calls of its own first, and after the other has come through. */
static int go_on(int faults, pthread_t thread)
{
	static const char path[4096] = "/tmp";
	struct uffdio_copy copy = {
		.dst = (unsigned long)page,
		.src = (unsigned long)path,
		.len = sizeof(path),
	};
	void *result;

	if (getppid() < 0 || ioctl(faults, UFFDIO_COPY, &copy) ||
	    pthread_join(thread, &result) || result)
		return 3;
	/* It is rooted elsewhere by now, as the other is. */
	return access("/program", F_OK) ? 0 : 4;
}

int main(void)
{
	int faults = open_faults(), go = open(CAUGHT_GO, O_RDWR);
	struct uffd_msg msg;
	pthread_t thread;
	char byte;

	if (faults < 0 || go < 0 ||
	    pthread_create(&thread, NULL, change_root, NULL) ||
	    read(faults, &msg, sizeof(msg)) != sizeof(msg) ||
	    write(1, "1", 1) != 1 || read(go, &byte, 1) != 1)
		return 2;
	return go_on(faults, thread);
}
