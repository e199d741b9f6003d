// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

void must_not(bool bad, const char *what, const char *file, int line)
{
	if (!bad)
		return;
	printf("%s:%d: %s: %s\n", file, line, what, strerror(errno));
	fflush(NULL);
	_exit(1);
}

int in_child(void (*body)(void *), void *arg)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	MUST(pid < 0);
	if (!pid) {
		body(arg);
		fflush(NULL);
		_exit(0);
	}
	MUST(waitpid(pid, &status, __WALL) != pid);
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

void child_must(void (*body)(void *), void *arg)
{
	int status = in_child(body, arg);

	if (status == SKIP_STATUS)
		_exit(status);
	MUST(status);
}

void skip(const char *reason)
{
	printf("skipped: %s\n", reason);
	fflush(NULL);
	_exit(SKIP_STATUS);
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	MUST(fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text));
	close(fd);
}

void make_dir(const char *path)
{
	MUST(mkdir(path, 0755));
}

void own_namespaces(int flags)
{
	char map[64];
	int uid = geteuid(), gid = getegid();

	MUST(unshare(CLONE_NEWUSER));
	write_file("/proc/self/setgroups", "deny");
	snprintf(map, sizeof(map), "0 %d 1", uid);
	write_file("/proc/self/uid_map", map);
	snprintf(map, sizeof(map), "0 %d 1", gid);
	write_file("/proc/self/gid_map", map);
	MUST(flags && unshare(flags));
}

void become(unsigned int id)
{
	MUST(setgroups(0, NULL));
	MUST(setresgid(id, id, id) || setresuid(id, id, id));
	/* Else /proc/self stays root's. */
	MUST(prctl(PR_SET_DUMPABLE, 1));
}

void show_creds(const char *what)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2] = { 0 };
	uid_t r, e, s;
	gid_t rg, eg, sg;

	MUST(getresuid(&r, &e, &s) || getresgid(&rg, &eg, &sg));
	MUST(syscall(SYS_capget, &head, caps));
	printf("%s: uid %d/%d/%d gid %d/%d/%d groups %d caps %x%08x/%x%08x\n",
	       what, r, e, s, rg, eg, sg, getgroups(0, NULL),
	       caps[1].permitted, caps[0].permitted, caps[1].effective,
	       caps[0].effective);
	fflush(stdout);
}

void wait_byte(int fd)
{
	char byte;

	MUST(read(fd, &byte, 1) != 1);
}

void send_byte(int fd)
{
	MUST(write(fd, "1", 1) != 1);
}

void copy_program(const char *to)
{
	char buf[65536];
	ssize_t n;
	int in = open("/program", O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

	MUST(in < 0 || out < 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		MUST(write(out, buf, n) != n);
	MUST(n < 0);
	close(in);
	close(out);
}

void exec_as_user(void *path)
{
	become(1234);
	show_creds("before");
	execl(path, path, "=after", NULL);
	MUST("exec");
}

static pthread_barrier_t barrier;

static void *call_often(void *arg)
{
	struct stat st;
	int i;

	pthread_barrier_wait(&barrier);
	for (i = 0; i < 200; i++)
		MUST(stat("/tmp", &st));
	pthread_barrier_wait(&barrier);
	for (i = 0; i < 20; i++)
		MUST(stat("/tmp", &st));
	return arg;
}

void with_threads(void (*change)(void))
{
	pthread_t threads[4];
	size_t i;

	pthread_barrier_init(&barrier, NULL, ARRAY_SIZE(threads) + 1);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		MUST(pthread_create(&threads[i], NULL, call_often, NULL));
	pthread_barrier_wait(&barrier);
	change();
	pthread_barrier_wait(&barrier);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		MUST(pthread_join(threads[i], NULL));
}
