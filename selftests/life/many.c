// SPDX-License-Identifier: GPL-2.0
/*
 * A user of the host makes one container after the other, in user namespaces, and
 * goes to a directory of the host in each:
 *
 *	many		the test
 *	many there	what runs in them
 *
 * Each is killed: they count as one, and make no storm in which nobody is.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"

#define USER	65534
#define ROOT	"/tmp/many"
#define SELF	"/nsguard/tests/life/many"
#define HOST_FD	60
/* Of containers that make a storm, and some more. */
#define STORM	3
#define TIMES	(2 * STORM)

static int go_there(void)
{
	if (fchdir(HOST_FD))
		return 2;
	syscall(SYS_getppid);
	return 0;
}

static int start(void)
{
	if (setresgid(USER, USER, USER) || setresuid(USER, USER, USER) ||
	    unshare(CLONE_NEWUSER | CLONE_NEWNS) || chroot(ROOT) || chdir("/"))
		return 3;
	execl("/program", "/program", "there", NULL);
	return 4;
}

static int run_one(void)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (!pid)
		_exit(start());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		bail("wait");
	return status;
}

static bool killed(int status)
{
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}

int main(int argc, char **argv)
{
	int i, status, host;

	if (argc > 1 && !strcmp(argv[1], "there"))
		return go_there();
	host = open("/", O_RDONLY | O_DIRECTORY);
	if (host < 0 || dup2(host, HOST_FD) < 0 || mkdir(ROOT, 0755) ||
	    system("cp " SELF " " ROOT "/program"))
		bail(ROOT);
	status = run_one();
	ok(!status, "without a guard it gets there (%x)", status);
	guard_load("mode=enforce storm=3");
	for (i = 1; i <= TIMES; i++) {
		status = run_one();
		ok(killed(status), "container %d: killed (%x)", i, status);
	}
	ok(guard_counter("storms") == 0, "no storm");
	ok(guard_counter("kills") == TIMES, "each was counted (%lld)",
	   (long long)guard_counter("kills"));
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	return tap_done();
}
