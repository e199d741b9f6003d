// SPDX-License-Identifier: GPL-2.0
/*
 * What a container does to a visitor, with the capability for it:
 *
 *	snoop METHOD
 *
 * /share/target says whom: its number here, the address and the descriptor by
 * which it reaches what the host will look at.
 */
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/ioctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/snoop.h"
#include "common/ring.h"
#include "fixture/fixture.h"

static struct snoop_target target;
static unsigned long word = SNOOP_WORD;

static int by_ptrace(void)
{
	int status;

	if (ptrace(PTRACE_ATTACH, target.pid, NULL, NULL) ||
	    waitpid(target.pid, &status, __WALL) != target.pid)
		return 1;
	return ptrace(PTRACE_POKEDATA, target.pid, (void *)target.address,
		      (void *)word) ||
	       ptrace(PTRACE_DETACH, target.pid, NULL, NULL);
}

static int by_vm_write(void)
{
	struct iovec from = { &word, sizeof(word) };
	struct iovec to = { (void *)target.address, sizeof(word) };

	return process_vm_writev(target.pid, &from, 1, &to, 1, 0) !=
	       sizeof(word);
}

/* With the ids of its user, and without the mark: the access is the first use. */
static int by_disguise(void)
{
	struct fixture_shot shot = {
		.prim = FIXTURE_IDS,
		.flags = FIXTURE_F_CLEAR_MARK,
	};
	int i, fd = open("/dev/" FIXTURE_DEVICE, O_RDWR);

	for (i = 0; i < FIXTURE_NR_IDS; i++)
		shot.ids[i] = target.uid;
	return fd < 0 || ioctl(fd, FIXTURE_IOC_FIRE, &shot) || by_vm_write();
}

static int by_mem(void)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/mem", target.pid);
	fd = open(path, O_RDWR);
	return fd < 0 ||
	       pwrite(fd, &word, sizeof(word), target.address) != sizeof(word);
}

/* Workers of a ring run where its task runs, and not before that sleeps. */
static bool run_after_me(const struct ring *ring)
{
	struct sched_param first = { .sched_priority = 1 };
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	return !sched_setaffinity(0, sizeof(one), &one) &&
	       !sched_setscheduler(0, SCHED_FIFO, &first) &&
	       !syscall(SYS_io_uring_register, ring->fd, IORING_REGISTER_IOWQ_AFF,
			&one, sizeof(one));
}

/*
 * By a worker of a ring's that looks as if it read a file: it has the registers of the
 * call in which its task makes it.  That is a read(), since the ring needs a second worker
 * once the first has fallen asleep.
 */
static int by_worker(void)
{
	struct io_uring_sqe requests[2] = {
		{ .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD, .flags = IOSQE_ASYNC,
		  .addr = (unsigned long)"/tmp/fifo" },
		/* A path nobody has gone before; what asks for a worker gets one. */
		{ .opcode = IORING_OP_OPENAT, .fd = AT_FDCWD,
		  .open_flags = O_RDWR },
	};
	int fd, done = eventfd(0, EFD_CLOEXEC);
	char path[64];
	struct ring ring;
	uint64_t count;

	snprintf(path, sizeof(path), "/proc/%d/mem", target.pid);
	if (done < 0 || mkfifo("/tmp/fifo", 0600) || !ring_open(&ring, 0) || !run_after_me(&ring) ||
	    syscall(SYS_io_uring_register, ring.fd, IORING_REGISTER_EVENTFD, &done, 1))
		return 1;
	requests[1].addr = (unsigned long)path;
	if (!ring_submit_both(&ring, requests) ||
	    read(done, &count, sizeof(count)) != sizeof(count))
		return 1;
	fd = ring_result(&ring);
	return fd < 0 ||
	       pwrite(fd, &word, sizeof(word), target.address) != sizeof(word);
}

static int by_getfd(void)
{
	int pidfd = syscall(SYS_pidfd_open, target.pid, 0);
	int fd = syscall(SYS_pidfd_getfd, pidfd, target.fd, 0);

	return fd < 0 || pwrite(fd, &word, sizeof(word), 0) != sizeof(word);
}

static bool can_read(const char *file)
{
	char path[64], text[256];
	bool good;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/%s", target.pid, file);
	fd = open(path, O_RDONLY);
	good = fd >= 0 && read(fd, text, sizeof(text)) > 0;
	close(fd);
	return good;
}

/* What ps and its like do to everybody, and who looks through all of /proc. */
static int by_reading(void)
{
	char path[64], text[256];

	if (!can_read("stat") || !can_read("personality") || !can_read("syscall"))
		return 1;
	snprintf(path, sizeof(path), "/proc/%d/exe", target.pid);
	return readlink(path, text, sizeof(text)) <= 0;
}

static const struct {
	const char *name;
	int (*run)(void);
} methods[] = {
	{ "ptrace", by_ptrace },
	{ "process_vm_writev", by_vm_write },
	{ "mem", by_mem },
	{ "io_uring", by_worker },
	{ "pidfd_getfd", by_getfd },
	{ "disguise", by_disguise },
	{ "reading", by_reading },
};

int main(int argc, char **argv)
{
	int fd = open(SNOOP_TARGET, O_RDONLY);

	if (argc != 2 || read(fd, &target, sizeof(target)) != sizeof(target))
		return SNOOP_BROKEN;
	close(fd);
	for (size_t i = 0; i < sizeof(methods) / sizeof(methods[0]); i++)
		if (!strcmp(methods[i].name, argv[1]))
			return methods[i].run() ? SNOOP_REFUSED : 0;
	return SNOOP_BROKEN;
}
