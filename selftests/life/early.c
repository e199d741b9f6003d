// SPDX-License-Identifier: GPL-2.0
/*
 * Who sets the mode by its file: nobody while the module loads, when a container's
 * root is not known to be one's yet, and nobody without CAP_SYS_ADMIN:
 *
 *	early		the test
 *	early inside	what runs in containers that start while it loads
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"

#define MODE "/sys/module/nsguard/parameters/mode"
#define ROOT "/tmp/early"
#define SELF "/nsguard/tests/life/early"
/* Who starts containers, one after the other, and how often each tries. */
#define STARTERS	4
#define TRIES		20
#define REFUSED		20
/* The host's threads that the loader meets before it comes to those. */
#define NR_BEFORE	2000
#define STACK_SIZE	16384

static int set_mode(const char *mode)
{
	int fd = open(MODE, O_WRONLY), err = 0;

	if (fd < 0)
		return errno;
	if (write(fd, mode, strlen(mode)) < 0)
		err = errno;
	close(fd);
	return err;
}

/* As soon as the file is there. */
static int set_early(void)
{
	int err;

	do
		err = set_mode("off");
	while (err == ENOENT);
	return err;
}

static int set_without_capabilities(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct none[2] = { 0 };

	return syscall(SYS_capset, &head, none) ? -1 : set_mode("off");
}

/* The containers' mount namespace, a descriptor. */
static int mounts;
/* The host's threads are there. */
static int ready[2];

/* The container's program: as the host's root, whose sysfs it has. */
static int set_inside(void)
{
	int i, err = EBUSY;

	for (i = 0; i < TRIES && (err == EBUSY || err == ENOENT); i++)
		err = set_mode("off");
	return err;
}

static void enter_container(void)
{
	/* Of its own, but made once: that takes longer than the rest. */
	if (setns(mounts, CLONE_NEWNS) || chroot(ROOT) || chdir("/"))
		_exit(EIO);
	execl("/program", "/program", "inside", NULL);
	_exit(EIO);
}

/*
 * One container after the other, until one has set the mode or some were refused: an
 * older one may be known while the next is not.
 */
static int start_containers(void)
{
	int refused = 0, err = EBUSY, status;
	pid_t pid;

	while (err == EBUSY || err == ENOENT || (err == EPERM && refused < REFUSED)) {
		pid = fork();
		if (!pid)
			enter_container();
		if (pid < 0 || waitpid(pid, &status, 0) != pid)
			return EIO;
		err = WIFEXITED(status) ? WEXITSTATUS(status) : EIO;
		refused += err == EPERM;
	}
	return err;
}

/* With the loader, which gives way: others' turn comes while it looks. */
static void share_processor(void)
{
	cpu_set_t one;

	CPU_ZERO(&one);
	CPU_SET(0, &one);
	if (sched_setaffinity(0, sizeof(one), &one))
		bail("affinity");
}

static void *wait_idly(void *arg)
{
	for (;;)
		pause();
	return arg;
}

static int be_many(void)
{
	pthread_attr_t attr;
	pthread_t thread;
	int i;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, STACK_SIZE);
	for (i = 0; i < NR_BEFORE; i++)
		if (pthread_create(&thread, &attr, wait_idly, NULL))
			return 1;
	if (write(ready[1], "1", 1) != 1)
		return 1;
	wait_idly(NULL);
	return 0;
}

static void make_root(void)
{
	if (mkdir(ROOT, 0755) || mkdir(ROOT "/sys", 0755) ||
	    mount("sysfs", ROOT "/sys", "sysfs", 0, NULL) ||
	    system("cp " SELF " " ROOT "/program"))
		bail(ROOT);
}

static void make_mounts(void)
{
	int host = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);

	if (host < 0 || unshare(CLONE_NEWNS))
		bail("a mount namespace");
	mounts = open("/proc/self/ns/mnt", O_RDONLY | O_CLOEXEC);
	if (mounts < 0 || setns(host, CLONE_NEWNS))
		bail("the host's mount namespace");
	close(host);
}

static pid_t start(int (*set)(void))
{
	pid_t pid = fork();

	if (pid < 0)
		bail("fork");
	if (!pid)
		_exit(set());
	return pid;
}

static int result(pid_t pid)
{
	int status;

	if (waitpid(pid, &status, 0) != pid)
		bail("wait");
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static bool enforces(void)
{
	char mode[16];

	guard_get("mode", mode, sizeof(mode));
	return !strncmp(mode, "enforce", strlen("enforce"));
}

int main(int argc, char **argv)
{
	pid_t early, crowd, starters[STARTERS];
	int i, err;
	char byte;

	if (argc > 1 && !strcmp(argv[1], "inside"))
		return set_inside();
	make_root();
	make_mounts();
	share_processor();
	if (pipe(ready))
		bail("pipe");
	crowd = start(be_many);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		bail("the host's threads");
	early = start(set_early);
	for (i = 0; i < STARTERS; i++)
		starters[i] = start(start_containers);
	guard_load("mode=enforce");
	err = result(early);
	ok(err == EBUSY, "while it loads: busy (%s)", strerror(err));
	for (i = 0; i < STARTERS; i++) {
		err = result(starters[i]);
		ok(err == EPERM, "a container that starts meanwhile: refused (%s)",
		   strerror(err));
	}
	ok(enforces(), "the mode is what the loader has said");
	err = result(start(set_without_capabilities));
	ok(err == EPERM, "root without capabilities: refused (%s)",
	   strerror(err));
	ok(enforces(), "the mode is still the same");
	ok(!set_mode("audit"), "root with them may set it");
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	kill(crowd, SIGKILL);
	result(crowd);
	return tap_done();
}
