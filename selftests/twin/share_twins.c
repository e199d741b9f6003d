// SPDX-License-Identifier: GPL-2.0
/* Tasks that share root or descriptors, and threads that go separate ways. */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

static pid_t clone_with(int flags)
{
	pid_t pid;

	fflush(NULL);
	pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
	MUST(pid < 0);
	return pid;
}

static void join(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, 0) != pid || status);
}

static void clone_files(void)
{
	int fd = open("/tmp", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pid_t pid = clone_with(CLONE_FILES);

	MUST(fd < 0);
	if (!pid) {
		MUST(close(fd) || unshare(CLONE_FILES));
		MUST(open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC) != fd);
		_exit(0);
	}
	join(pid);
	printf("closed %d\n", fcntl(fd, F_GETFD) < 0);
	pid = clone_with(CLONE_FILES);
	if (!pid) {
		MUST(syscall(SYS_close_range, 3, ~0U, CLOSE_RANGE_UNSHARE));
		execl("/program", "/program", "=closed", NULL);
		_exit(1);
	}
	join(pid);
}

static volatile int over;

static void *look_and_fork(void *arg)
{
	struct stat st;

	while (!over) {
		int status;
		pid_t pid = fork();

		MUST(pid < 0);
		if (!pid)
			_exit(stat("/", &st) ? 1 : 0);
		MUST(waitpid(pid, &status, 0) != pid);
		MUST(status);
		MUST(stat("/", &st));
	}
	return arg;
}

static void *look_and_part(void *arg)
{
	struct stat st;

	MUST(unshare(CLONE_FS));
	while (!over)
		MUST(stat("/", &st));
	return arg;
}

/* The root moves while others fork, or take a copy of it. */
static void chroot_race(void)
{
	int i, fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	pthread_t forks, parts;

	make_dir("/tmp/new");
	MUST(pthread_create(&forks, NULL, look_and_fork, NULL));
	for (i = 0; i < 100; i++) {
		over = 0;
		MUST(pthread_create(&parts, NULL, look_and_part, NULL));
		MUST(chroot("/tmp/new"));
		MUST(fchdir(fd) || chroot("."));
		over = i == 99;
		if (!over)
			sched_yield();
		over = 1;
		MUST(pthread_join(parts, NULL));
	}
	MUST(pthread_join(forks, NULL));
	puts("to and fro");
}

/* One of two that share their root parts with something else, and stays with it. */
static void chroot_after_parting(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	int ready[2], go[2];
	struct stat st;
	char byte;
	pid_t pid;

	make_dir("/tmp/new");
	MUST(fd < 0 || pipe(ready) || pipe(go));
	pid = clone_with(CLONE_FS);
	if (!pid) {
		MUST(unshare(CLONE_FILES));
		MUST(write(ready[1], "x", 1) != 1);
		MUST(read(go[0], &byte, 1) != 1);
		MUST(stat("/", &st) || stat("/", &st));
		_exit(0);
	}
	MUST(read(ready[0], &byte, 1) != 1);
	MUST(chroot("/tmp/new"));
	MUST(write(go[1], "x", 1) != 1);
	join(pid);
	MUST(fchdir(fd) || chroot("."));
	puts("together");
}

static void *part_with(void *arg)
{
	struct stat st;

	MUST(unshare(*(const int *)arg));
	MUST(stat("/tmp", &st));
	return NULL;
}

static void threads_apart(void *arg)
{
	static const int flags[] = {
		CLONE_NEWNET, CLONE_NEWUTS, CLONE_NEWIPC, CLONE_NEWNS,
		CLONE_NEWCGROUP | CLONE_NEWNS, CLONE_FS, CLONE_FILES,
	};
	pthread_t threads[ARRAY_SIZE(flags)];
	struct stat st;
	size_t i;

	(void)arg;
	own_namespaces(0);
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		MUST(pthread_create(&threads[i], NULL, part_with,
				    (void *)&flags[i]));
	for (i = 0; i < ARRAY_SIZE(flags); i++)
		MUST(pthread_join(threads[i], NULL));
	MUST(stat("/tmp", &st));
	puts("apart");
}

static void threads_unshare(void)
{
	child_must(threads_apart, NULL);
}

/* pivot_root() by one of two that share their root. */
static void pivot_shared(void *arg)
{
	struct stat st;
	pid_t pid;

	(void)arg;
	own_namespaces(CLONE_NEWNS);
	make_dir("/tmp/shared");
	MUST(mount("tmpfs", "/tmp/shared", "tmpfs", 0, NULL));
	make_dir("/tmp/shared/old");
	pid = clone_with(CLONE_FS);
	if (!pid) {
		MUST(chdir("/tmp/shared") ||
		     syscall(SYS_pivot_root, ".", "old") || chdir("/"));
		_exit(0);
	}
	join(pid);
	MUST(stat("/old/program", &st));
	puts("pivoted with the other");
}

static void wait_moved(int ready, int go)
{
	struct stat st;

	send_byte(ready);
	wait_byte(go);
	MUST(stat("/old/tmp", &st));
}

/* Others of the mount namespace, on an fs_struct of their own each. */
static void pivot_others(void *arg)
{
	int ready[2], go[2], i;
	pid_t pids[3];

	(void)arg;
	own_namespaces(CLONE_NEWNS);
	MUST(pipe(ready) || pipe(go));
	for (i = 0; i < 3; i++) {
		pids[i] = clone_with(0);
		if (!pids[i]) {
			MUST(i && chroot("/"));
			wait_moved(ready[1], go[0]);
			_exit(0);
		}
		wait_byte(ready[0]);
	}
	make_dir("/tmp/others");
	MUST(mount("tmpfs", "/tmp/others", "tmpfs", 0, NULL));
	make_dir("/tmp/others/old");
	MUST(syscall(SYS_pivot_root, "/tmp/others", "/tmp/others/old"));
	for (i = 0; i < 3; i++)
		send_byte(go[1]);
	for (i = 0; i < 3; i++)
		join(pids[i]);
	puts("pivoted with all");
}

/* And while others fork. */
static void pivot_race(void *arg)
{
	int i;
	pid_t pid;

	(void)arg;
	own_namespaces(CLONE_NEWNS);
	make_dir("/tmp/new");
	MUST(mount("tmpfs", "/tmp/new", "tmpfs", 0, NULL));
	make_dir("/tmp/new/old");
	pid = clone_with(0);
	if (!pid) {
		pthread_t thread;

		MUST(pthread_create(&thread, NULL, look_and_fork, NULL));
		look_and_fork(NULL);
	}
	for (i = 0; i < 100; i++) {
		MUST(syscall(SYS_pivot_root, "/tmp/new", "/tmp/new/old"));
		MUST(syscall(SYS_pivot_root, "/old", "/old/tmp/new"));
		MUST(waitpid(pid, NULL, WNOHANG));
	}
	MUST(kill(pid, SIGKILL) || waitpid(pid, NULL, 0) != pid);
	puts("there and back");
}

static void pivot_twin(void)
{
	child_must(pivot_shared, NULL);
	child_must(pivot_others, NULL);
	child_must(pivot_race, NULL);
}

/* Who stays in a mount namespace, given as another's root by setns(). */
static void resides(int flags, int ready)
{
	MUST(unshare(flags) || mkdir("/tmp/mark", 0755));
	MUST(mount("tmpfs", "/tmp/mark", "tmpfs", 0, NULL));
	MUST(mkdir("/tmp/mark/there", 0755));
	send_byte(ready);
	for (;;)
		pause();
}

/*
 * setns() of several kinds at once moves the root of those who share it, and
 * leaves their namespaces.
 */
static void setns_shared(void *arg)
{
	int flags = CLONE_NEWNS | CLONE_NEWUTS, ready[2], status, fd;
	pid_t there, pid;

	(void)arg;
	own_namespaces(0);
	MUST(pipe(ready));
	there = clone_with(0);
	if (!there)
		resides(flags, ready[1]);
	wait_byte(ready[0]);
	fd = syscall(SYS_pidfd_open, there, 0);
	MUST(fd < 0);
	pid = clone_with(CLONE_FS);
	if (!pid)
		_exit(setns(fd, flags) ? errno : 0);
	MUST(waitpid(pid, &status, 0) != pid);
	if (WEXITSTATUS(status) == EINVAL) {
		kill(there, SIGKILL);
		skip("a shared root stays");
	}
	MUST(status);
	/* The root does not keep the namespace: its last task takes the mounts. */
	MUST(access("/tmp/mark/there", F_OK) || unshare(CLONE_NEWNS));
	MUST(kill(there, SIGKILL) || waitpid(there, NULL, 0) != there);
	puts("moved with the other");
}

static void setns_twin(void)
{
	child_must(setns_shared, NULL);
}

const struct twin share_twins[] = {
	{ "clone-files", clone_files },
	{ "chroot-race", chroot_race },
	{ "chroot-parted", chroot_after_parting },
	{ "threads-unshare", threads_unshare },
	{ "pivot-shared", pivot_twin },
	{ "setns-shared", setns_twin },
	{ NULL, NULL },
};
