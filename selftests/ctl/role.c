// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "role.h"

#define USER	1000
#define JAIL	"/tmp/jail"
#define MAX_ARGS 14

const char *const role_names[NR_ROLES] = {
	"root", "a user", "root of a user namespace", "a container",
	"an ambiguous container", "a container with its own network",
};

static void must(int result, const char *what)
{
	if (!result)
		return;
	fprintf(stderr, "%s: %s\n", what, strerror(errno));
	_exit(99);
}

static void become_user(void)
{
	must(setgid(USER), "setgid");
	must(setuid(USER), "setuid");
	/* Otherwise its own files below /proc are root's. */
	must(prctl(PR_SET_DUMPABLE, 1), "dumpable");
}

static void become_root_of_userns(void)
{
	char map[32];

	become_user();
	must(unshare(CLONE_NEWUSER), "unshare");
	must(write_text("/proc/self/setgroups", "deny"), "setgroups");
	snprintf(map, sizeof(map), "0 %d 1", USER);
	must(write_text("/proc/self/uid_map", map), "uid_map");
	must(write_text("/proc/self/gid_map", map), "gid_map");
}

static int wait_for(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) != pid)
		if (errno != EINTR)
			return 127;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) :
				     WEXITSTATUS(status);
}

static void bind_mount(const char *path)
{
	char to[128];

	snprintf(to, sizeof(to), JAIL "%s", path);
	must(mkdir(to, 0755), to);
	must(mount(path, to, NULL, MS_BIND | MS_REC, NULL), to);
}

/* A root of its own with the host's programs; what is executed there is inside. */
static void enter_container(int flags)
{
	pid_t pid;

	must(unshare(CLONE_NEWNS | flags), "unshare");
	if (flags & CLONE_NEWPID) {
		pid = fork();
		must(pid < 0, "fork");
		if (pid)
			_exit(wait_for(pid));
		prctl(PR_SET_PDEATHSIG, SIGKILL);
	}
	must(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "private");
	must(mkdir(JAIL, 0755) && errno != EEXIST, JAIL);
	must(mount("jail", JAIL, "tmpfs", 0, NULL), "tmpfs");
	bind_mount("/usr");
	bind_mount("/nsguard");
	bind_mount("/dev");
	must(symlink("usr/bin", JAIL "/bin"), "bin");
	must(symlink("usr/lib", JAIL "/lib"), "lib");
	must(symlink("usr/lib64", JAIL "/lib64"), "lib64");
	must(mkdir(JAIL "/proc", 0755), "proc");
	must(mount("proc", JAIL "/proc", "proc", 0, NULL), "proc");
	must(chroot(JAIL), "chroot");
	must(chdir("/"), "chdir");
}

static void become(enum role role)
{
	switch (role) {
	case ROLE_USER:
		become_user();
		break;
	case ROLE_USERNS:
		become_root_of_userns();
		break;
	case ROLE_CONTAINER:
		enter_container(CLONE_NEWPID);
		break;
	case ROLE_SANDBOX:
		enter_container(0);
		break;
	case ROLE_NETNS:
		enter_container(CLONE_NEWPID | CLONE_NEWNET);
		break;
	default:
		break;
	}
}

pid_t role_start(enum role role, const char *const argv[])
{
	const char *args[MAX_ARGS + 2];
	char self[256];
	ssize_t len;
	pid_t pid;
	int i;

	len = readlink("/proc/self/exe", self, sizeof(self) - 1);
	if (len < 0)
		bail("/proc/self/exe");
	self[len] = '\0';
	args[0] = self;
	for (i = 0; i < MAX_ARGS && argv[i]; i++)
		args[i + 1] = argv[i];
	args[i + 1] = NULL;
	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bail("fork");
	if (pid)
		return pid;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	become(role);
	execv(self, (char *const *)args);
	must(-1, self);
	_exit(99);
}

int role_end(pid_t pid)
{
	return wait_for(pid);
}
