// SPDX-License-Identifier: GPL-2.0
/*
 * Many containers with many tasks, for the measurement of stretches:
 *
 *	crowd DIR CONTAINERS TASKS	reads commands from standard input
 *	crowd inmate TASKS PIPE FD	is a container, in there
 *
 * A command is a letter, and its answer a line with that letter when all have
 * done it:
 *
 *	c	each task makes some system calls
 *	a	the first task of each goes to the host's UTS namespace and back, which
 *		is a violation, where it is only told of
 *	l	each task leaves the UTS namespace that all share, for a new one; then
 *		the shared one ends
 *	k	the first container ends
 *	x	all end
 *
 * DIR holds the program as /crowd and /proc.  Each task has a root of its own.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/futex.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#define ALERT_FD 900

/* In a container: rises with each command; how many tasks have done it. */
static _Atomic uint32_t command, done;
static char letter;

static void die(const char *what)
{
	perror(what);
	exit(1);
}

static void futex(_Atomic uint32_t *word, int op, uint32_t value)
{
	syscall(SYS_futex, word, op, value, NULL, NULL, 0);
}

static void work(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY);

	close(fd);
	if (letter == 'l' && unshare(CLONE_NEWUTS))
		die("unshare");
	getppid();
}

static void *member(void *unused)
{
	uint32_t seen = 0;

	(void)unused;
	if (unshare(CLONE_FS))
		die("unshare");
	for (;;) {
		atomic_fetch_add(&done, 1);
		futex(&done, FUTEX_WAKE, 1);
		while (atomic_load(&command) == seen)
			futex(&command, FUTEX_WAIT, seen);
		seen++;
		work();
	}
	return NULL;
}

static void wait_for(uint32_t tasks)
{
	uint32_t n;

	while ((n = atomic_load(&done)) < tasks)
		futex(&done, FUTEX_WAIT, n);
}

static void make_members(int tasks)
{
	pthread_attr_t attr;
	pthread_t thread;

	pthread_attr_init(&attr);
	pthread_attr_setstacksize(&attr, 16384);
	while (tasks--)
		if (pthread_create(&thread, &attr, member, NULL))
			die("pthread_create");
}

static void alert(void)
{
	int own = open("/proc/self/ns/uts", O_RDONLY);

	if (own < 0 || setns(ALERT_FD, CLONE_NEWUTS) || setns(own, CLONE_NEWUTS))
		die("setns");
	close(own);
}

/* Commands come by @in, answers go by @out. */
static int inmate(int tasks, int in, int out)
{
	char c = 'r';

	if (mount("proc", "/proc", "proc", 0, NULL))
		die("/proc");
	make_members(tasks - 1);
	wait_for(tasks - 1);
	do {
		if (write(out, &c, 1) != 1)
			die("write");
		if (read(in, &c, 1) != 1)
			break;
		letter = c;
		if (c == 'c' || c == 'l') {
			atomic_store(&done, 0);
			atomic_fetch_add(&command, 1);
			futex(&command, FUTEX_WAKE, INT32_MAX);
			work();
			wait_for(tasks - 1);
		} else if (c == 'a') {
			alert();
		}
	} while (c != 'x');
	return 0;
}

/* Where to write to each, and where all answer. */
static int *to, from;

static void start(const char *dir, const char *tasks, int in, int out)
{
	char in_text[16], out_text[16];
	pid_t pid = syscall(SYS_clone, CLONE_NEWNS | CLONE_NEWPID | SIGCHLD,
			    NULL, NULL, NULL, NULL);

	if (pid < 0)
		die("clone");
	if (pid)
		return;
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) || chroot(dir) ||
	    chdir("/"))
		die(dir);
	snprintf(in_text, sizeof(in_text), "%d", in);
	snprintf(out_text, sizeof(out_text), "%d", out);
	execl("/crowd", "crowd", "inmate", tasks, in_text, out_text, NULL);
	die("/crowd");
}

static void hear(int count)
{
	char c;

	while (count--)
		if (read(from, &c, 1) != 1)
			die("a container");
}

static void tell(char c, int count)
{
	int i;

	for (i = 0; i < count; i++)
		if (to[i] >= 0 && write(to[i], &c, 1) != 1)
			die("write");
}

static void end(int *container)
{
	close(*container);
	*container = -1;
	if (wait(NULL) < 0)
		die("wait");
}

static int serve(int count)
{
	char c;

	while (read(0, &c, 1) == 1 && c != 'x') {
		if (c == 'c' || c == 'a' || c == 'l') {
			tell(c, count);
			hear(count);
			if (c == 'l' && setns(ALERT_FD, CLONE_NEWUTS))
				die("setns");
		} else if (c == 'k') {
			count--;
			end(&to[count]);
		} else {
			continue;
		}
		printf("%c\n", c);
		fflush(stdout);
	}
	while (count--)
		close(to[count]);
	while (wait(NULL) >= 0)
		;
	puts("x");
	return 0;
}

static int crowd(const char *dir, int count, const char *tasks)
{
	struct rlimit files = { count + 1024, count + 1024 };
	int pipes[2], uts, i;

	to = calloc(count, sizeof(*to));
	uts = open("/proc/self/ns/uts", O_RDONLY);
	if (!to || setrlimit(RLIMIT_NOFILE, &files) || uts < 0 ||
	    dup2(uts, ALERT_FD) < 0 || unshare(CLONE_NEWUTS))
		die("resources");
	close(uts);
	if (pipe(pipes))
		die("pipe");
	from = fcntl(pipes[0], F_DUPFD_CLOEXEC, 0);
	for (i = 0; i < count; i++) {
		int way[2];

		/* No container holds what another one is told by. */
		if (pipe2(way, O_CLOEXEC))
			die("pipe");
		fcntl(way[0], F_SETFD, 0);
		start(dir, tasks, way[0], pipes[1]);
		close(way[0]);
		to[i] = fcntl(way[1], F_DUPFD_CLOEXEC, ALERT_FD + 1);
		close(way[1]);
		hear(1);
	}
	puts("r");
	fflush(stdout);
	return serve(count);
}

int main(int argc, char **argv)
{
	if (argc == 5 && !strcmp(argv[1], "inmate"))
		return inmate(atoi(argv[2]), atoi(argv[3]), atoi(argv[4]));
	if (argc == 4)
		return crowd(argv[1], atoi(argv[2]), argv[3]);
	fprintf(stderr, "usage: crowd DIR CONTAINERS TASKS\n");
	return 2;
}
