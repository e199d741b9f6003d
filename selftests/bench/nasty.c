// SPDX-License-Identifier: GPL-2.0
/*
 * What a container may do to make the guard work long at a time:
 *
 *	nasty CASE DIR N	the case, in a container at DIR, which has the program
 *				as /nasty, /proc and /new
 *
 *	groups N	N tasks with a list of 65,536 groups each
 *	namespaces N	N namespaces that outlive it
 *	pivot N		pivot_root() where N tasks are rooted
 *	threads N	it ends with N threads
 *	fork N		N processes are born and die, one after another
 *	exec N		the same, and execute a program
 *
 * Each is prepared, prints a line, waits for a line of standard input, does it,
 * and prints another.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define MANY_FILES 65536

static void die(const char *what)
{
	perror(what);
	exit(1);
}

/* The guest's script reads and writes the other ends. */
static void meet(void)
{
	char line[16];

	puts("ready");
	fflush(stdout);
	if (!fgets(line, sizeof(line), stdin))
		exit(1);
}

static void finished(void)
{
	puts("done");
	fflush(stdout);
}

static void make(int n, void (*fn)(int i))
{
	char c = 0;
	int way[2];
	int i;

	if (pipe(way))
		die("pipe");
	for (i = 0; i < n; i++) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid) {
			fn(i);
			if (write(way[1], &c, 1) != 1)
				die("write");
			for (;;) {
				pause();
				getppid();
			}
		}
		if (read(way[0], &c, 1) != 1)
			die("read");
	}
}

static void have_groups(int i)
{
	static gid_t groups[65536];
	size_t k;

	/* A list of its own for each: no two have the same. */
	for (k = 0; k < 65536; k++)
		groups[k] = k * 3 + i;
	if (setgroups(65536, groups))
		die("setgroups");
}

static void nothing(int i)
{
	(void)i;
}

static void wake_all(int sig)
{
	(void)sig;
}

static int groups(int n)
{
	signal(SIGUSR1, wake_all);
	make(n, have_groups);
	meet();
	kill(-1, SIGUSR1);
	have_groups(n);
	getppid();
	finished();
	meet();
	kill(-1, SIGKILL);
	return 0;
}

/* Standard input and output lead to who holds the namespaces. */
static int namespaces(int n)
{
	char c = 0;

	while (n--) {
		if (unshare(CLONE_NEWUTS))
			die("unshare");
		if (write(4, &c, 1) != 1 || read(3, &c, 1) != 1)
			die("holder");
	}
	meet();
	return 0;
}

static int pivot(int n)
{
	if (mount("/new", "/new", NULL, MS_BIND, NULL))
		die("/new");
	make(n, nothing);
	meet();
	if (chdir("/new") || syscall(SYS_pivot_root, ".", "."))
		die("pivot_root");
	finished();
	meet();
	kill(-1, SIGKILL);
	return 0;
}

static void *thread(void *unused)
{
	(void)unused;
	unshare(CLONE_FS);
	for (;;)
		pause();
	return NULL;
}

static int threads(int n)
{
	pthread_attr_t attr;
	pthread_t t;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16384);
	while (n--)
		if (pthread_create(&t, &attr, thread, NULL))
			die("pthread_create");
	meet();
	return 0;
}

static int breed(int n, int execute)
{
	meet();
	while (n--) {
		pid_t pid = fork();

		if (pid < 0)
			die("fork");
		if (!pid) {
			if (execute)
				execl("/nasty", "nasty", "end", NULL);
			_exit(0);
		}
		waitpid(pid, NULL, 0);
	}
	finished();
	return 0;
}

static int inside(const char *name, int n)
{
	if (!strcmp(name, "groups"))
		return groups(n);
	if (!strcmp(name, "namespaces"))
		return namespaces(n);
	if (!strcmp(name, "pivot"))
		return pivot(n);
	if (!strcmp(name, "threads"))
		return threads(n);
	if (!strcmp(name, "fork") || !strcmp(name, "exec"))
		return breed(n, name[0] == 'e');
	return 2;
}

/* Opens each namespace that the container has come to. */
static void hold(pid_t pid, int n, int in, int out)
{
	struct rlimit files = { MANY_FILES, MANY_FILES };
	char path[64], c;

	snprintf(path, sizeof(path), "/proc/%d/ns/uts", pid);
	if (setrlimit(RLIMIT_NOFILE, &files))
		die("RLIMIT_NOFILE");
	while (n--)
		if (read(in, &c, 1) != 1 ||
		    open(path, O_RDONLY | O_CLOEXEC) < 0 ||
		    write(out, &c, 1) != 1)
			die(path);
}

static int outside(const char *name, const char *dir, const char *n)
{
	int there[2], back[2], status;
	pid_t pid;

	if (pipe(there) || pipe(back))
		die("pipe");
	pid = syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | SIGCHLD, NULL,
		      NULL, NULL, NULL);
	if (pid < 0)
		die("clone");
	if (!pid) {
		if (dup2(there[0], 3) < 0 || dup2(back[1], 4) < 0 ||
		    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
		    mount(dir, dir, NULL, MS_BIND, NULL) || chroot(dir) ||
		    chdir("/"))
			die(dir);
		execl("/nasty", "nasty", "inside", name, n, NULL);
		die("/nasty");
	}
	if (!strcmp(name, "namespaces"))
		hold(pid, atoi(n), back[0], there[1]);
	if (waitpid(pid, &status, 0) < 0)
		die("waitpid");
	if (strcmp(name, "namespaces"))
		return 0;
	/* The container has ended, its namespaces have not. */
	finished();
	meet();
	return 0;
}

int main(int argc, char **argv)
{
	if (argc == 2 && !strcmp(argv[1], "end"))
		return 0;
	if (argc == 4 && !strcmp(argv[1], "inside"))
		return inside(argv[2], atoi(argv[3]));
	if (argc == 4)
		return outside(argv[1], argv[2], argv[3]);
	fprintf(stderr, "usage: nasty CASE DIR N\n");
	return 2;
}
