// SPDX-License-Identifier: GPL-2.0
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/nest.h"
#include "attack/recipe.h"

#define INNER "/tmp/inner"

static int bind_file(const char *from, const char *to)
{
	int fd = open(to, O_WRONLY | O_CREAT | O_CLOEXEC, 0755);

	close(fd);
	return fd < 0 || mount(from, to, NULL, MS_BIND, NULL);
}

static int build_inner(void)
{
	return mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	       mkdir(INNER, 0755) ||
	       mount("tmpfs", INNER, "tmpfs", 0, "mode=755") || chdir(INNER) ||
	       mkdir("dev", 0755) || mkdir("proc", 0755) ||
	       mkdir("share", 0755) || mkdir("old", 0755) ||
	       mkdir("tmp", 01777) || bind_file("/program", "program") ||
	       (!access("/dev/nsguard_fixture", F_OK) &&
		bind_file("/dev/nsguard_fixture", "dev/nsguard_fixture")) ||
	       mount("/share", "share", NULL, MS_BIND, NULL) ||
	       mount("proc", "proc", "proc", 0, NULL) ||
	       syscall(SYS_pivot_root, ".", "old") || chdir("/") ||
	       umount2("old", MNT_DETACH);
}

int nest(char *const *argv)
{
	int status;
	pid_t pid;

	if (unshare(CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET | CLONE_NEWUTS |
		    CLONE_NEWIPC | CLONE_NEWCGROUP))
		return ATTACKER_BROKEN;
	pid = fork();
	if (!pid) {
		if (!build_inner())
			execv("/program", argv);
		perror("the inner container");
		_exit(ATTACKER_BROKEN);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return ATTACKER_BROKEN;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}
