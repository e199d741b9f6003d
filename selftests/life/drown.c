// SPDX-License-Identifier: GPL-2.0
/*
 * A user of the host has several containers, in user namespaces.  Some cause incidents
 * without end, and hide none of a quiet one's:
 *
 *	drown NOISE	the test; so many of theirs are held back before it begins
 *	drown loud	what runs in them
 *	drown quiet
 */
#include <fcntl.h>
#include <poll.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

#define USER	65534
#define ROOT	"/tmp/drown"
#define SELF	"/nsguard/tests/life/drown"
/* Descriptors inside: a directory of the host, where to say that it runs, when to go. */
#define HOST_FD	60
#define UP_FD	61
#define GO_FD	62
/* Messages that a container has of its own in a second: budget.c. */
#define OWN	4
#define TIMES	3
#define LOUD	3
#define PATIENCE_MS 120000

/* The quiet one comes last. */
static struct told {
	pid_t pid;
	int go;
	int64_t mnt_ns, events, suppressed, first_pid;
} told[LOUD + 1];
static struct told *const quiet = &told[LOUD];
static struct monitor monitor;

/* Each by a process of its own: what one has been reported for is known. */
static int go_there(void)
{
	int status;
	pid_t pid = vfork();

	if (!pid) {
		if (fchdir(HOST_FD))
			_exit(1);
		syscall(SYS_getppid);
		_exit(0);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return 1;
	return status;
}

static bool told_to(int ms)
{
	struct pollfd go = { .fd = GO_FD, .events = POLLIN };

	return poll(&go, 1, ms) != 0;
}

static int be_loud(void)
{
	if (write(UP_FD, "1", 1) != 1)
		return 2;
	while (!told_to(0))
		if (go_there())
			return 3;
	return 0;
}

static int be_quiet(void)
{
	/* Its period, and some: it is time that is tested here. */
	struct timespec period = { .tv_sec = 1, .tv_nsec = 200000000 };
	int i, j;

	if (write(UP_FD, "1", 1) != 1)
		return 2;
	told_to(-1);
	for (i = 0; i < TIMES; i++) {
		for (j = 0; j < OWN; j++)
			if (go_there())
				return 3;
		nanosleep(&period, NULL);
	}
	return 0;
}

static void enter(int up, int go, const char *role)
{
	if (dup2(up, UP_FD) < 0 || dup2(go, GO_FD) < 0 ||
	    setresgid(USER, USER, USER) || setresuid(USER, USER, USER) ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) || chroot(ROOT) || chdir("/"))
		_exit(4);
	execl("/program", "/program", role, NULL);
	_exit(5);
}

/* Until it runs; none has another's pipes. */
static void start(struct told *t, const char *role)
{
	int up[2], go[2];
	char byte;

	if (pipe2(up, O_CLOEXEC) || pipe2(go, O_CLOEXEC))
		bail("pipe");
	fflush(NULL);
	t->pid = fork();
	if (!t->pid)
		enter(up[1], go[0], role);
	close(up[1]);
	close(go[0]);
	if (t->pid < 0 || read(up[0], &byte, 1) != 1)
		bail("a container does not begin");
	close(up[0]);
	t->go = go[1];
	t->mnt_ns = ns_inode(t->pid, "mnt");
}

/* The loud ones until then; the quiet one from there on. */
static void go(struct told *t)
{
	close(t->go);
}

static void count(const char *line)
{
	int64_t mnt_ns = -1, value;
	struct told *t = told;

	json_number(line, "mnt_ns", &mnt_ns);
	while (t <= quiet && t->mnt_ns != mnt_ns)
		t++;
	if (t > quiet) {
		diag("%s", line);
		return;
	}
	if (!t->events++)
		json_number(line, "pid", &t->first_pid);
	if (json_number(line, "suppressed", &value))
		t->suppressed += value;
}

/* What is told until a container ends. */
static int listen_to(struct told *t)
{
	static char line[65536];
	int status;

	while (!waitpid(t->pid, &status, WNOHANG))
		if (monitor_next(&monitor, line, sizeof(line), 100))
			count(line);
	return status;
}

static int64_t all_told(void)
{
	int64_t sum = 0;
	struct told *t;

	for (t = told; t <= quiet; t++)
		sum += t->events;
	return sum;
}

static void listen_to_the_rest(int64_t sent)
{
	static char line[65536];

	while (all_told() < sent && monitor_next(&monitor, line, sizeof(line), 10000))
		count(line);
	ok(all_told() == sent, "every event that was sent has come (%lld of %lld)",
	   (long long)all_told(), (long long)sent);
}

static bool logged(int64_t pid)
{
	char command[128];

	snprintf(command, sizeof(command), "dmesg | grep -q 'ALERT.* pid=%lld '",
		 (long long)pid);
	return !system(command);
}

static void judge(void)
{
	int64_t suppressed = guard_counter("events_suppressed");
	int64_t known = 0;
	struct told *t;

	ok(!guard_counter("events_lost"), "none is lost");
	listen_to_the_rest(guard_counter("events") - suppressed);
	ok(quiet->events == TIMES * OWN, "the quiet one's incidents are told of (%lld of %d)",
	   (long long)quiet->events, TIMES * OWN);
	ok(!quiet->suppressed, "it is said to have no others (%lld)",
	   (long long)quiet->suppressed);
	ok(logged(quiet->first_pid), "and the first is in the log");
	for (t = told; t < quiet; t++) {
		known += t->suppressed;
		ok(t->events, "a loud one is told of (%lld, and %lld suppressed)",
		   (long long)t->events, (long long)t->suppressed);
	}
	ok(known > 0 && known <= suppressed,
	   "what was held back is told as theirs (%lld of %lld)", (long long)known,
	   (long long)suppressed);
}

int main(int argc, char **argv)
{
	int host = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct told *t;
	int status;

	if (argc > 1 && !strcmp(argv[1], "loud"))
		return be_loud();
	if (argc > 1 && !strcmp(argv[1], "quiet"))
		return be_quiet();
	if (argc < 2)
		bail("how many?");
	if (host < 0 || dup2(host, HOST_FD) < 0 || mkdir(ROOT, 0755) ||
	    system("cp " SELF " " ROOT "/program"))
		bail(ROOT);
	guard_start(GUARD_AUDIT);
	monitor_start(&monitor);
	for (t = told; t < quiet; t++)
		start(t, "loud");
	start(quiet, "quiet");
	ok(guard_counter_reaches("events_suppressed", atoi(argv[1]), PATIENCE_MS),
	   "the others are loud");
	go(quiet);
	status = listen_to(quiet);
	ok(!status, "the quiet one comes to its end (%x)", status);
	for (t = told; t < quiet; t++) {
		go(t);
		status = listen_to(t);
		ok(!status, "and a loud one (%x)", status);
	}
	judge();
	monitor_stop(&monitor);
	ok(guard_stop(GUARD_AUDIT), "the guard leaves");
	return tap_done();
}
