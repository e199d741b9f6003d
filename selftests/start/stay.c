// SPDX-License-Identifier: GPL-2.0
/*
 * What a case executes where it has gone; see member.h.
 *
 *	stay			answers on descriptor 3, to an x by leaving
 *	stay unshare		the same, in a mount namespace of its own
 *	stay roam		the same, and between leaves where it is and comes back
 *	stay nest		the same, in a container that it makes here
 *	stay fifo READY GO	opens READY for writing, then GO for reading
 */
#include <fcntl.h>
#include <sched.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

/* As find does, and a shell that is told "cd etc". */
static bool roams(void)
{
	struct stat st;
	int here = open(".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	bool done = here >= 0 && !chdir("etc") && !stat(".", &st) &&
		    !chdir("/") && !stat(".", &st) && !fchdir(here) &&
		    !stat(".", &st);

	close(here);
	return done;
}

static int stay(bool roam)
{
	struct stat st;
	char byte = '1';

	do {
		/* A task that is not what it should be does not survive it. */
		if ((roam && !roams()) || stat("/", &st) || write(3, &byte, 1) != 1)
			return 1;
	} while (read(3, &byte, 1) == 1 && byte != 'x');
	return 0;
}

static int meet(char **fifos)
{
	int ready = open(fifos[0], O_WRONLY | O_CLOEXEC);
	int go = open(fifos[1], O_RDONLY | O_CLOEXEC);

	return ready < 0 || go < 0;
}

/* A container in a container, its root another's folder. */
static int nest(char *program)
{
	char *argv[] = { program, NULL };
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET))
		return 1;
	pid = fork();
	if (pid < 0)
		return 1;
	if (pid)
		return waitpid(pid, &status, 0) != pid || status;
	mkdir("/nest", 0755);
	if (mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/nest", "tmpfs", 0, NULL) ||
	    close(open("/nest/program", O_CREAT | O_CLOEXEC | O_RDONLY, 0755)) ||
	    mount(program, "/nest/program", NULL, MS_BIND, NULL) ||
	    chdir("/nest") || syscall(SYS_pivot_root, ".", ".") ||
	    umount2(".", MNT_DETACH) || chdir("/"))
		return 1;
	execv("/program", argv);
	return 1;
}

int main(int argc, char **argv)
{
	if (argc > 1 && !strcmp(argv[1], "unshare") && unshare(CLONE_NEWNS)) {
		perror("unshare");
		return 1;
	}
	if (argc > 1 && !strcmp(argv[1], "nest"))
		return nest(argv[0]);
	if (argc > 3 && !strcmp(argv[1], "fifo"))
		return meet(argv + 2);
	return stay(argc > 1 && !strcmp(argv[1], "roam"));
}
