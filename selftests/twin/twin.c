// SPDX-License-Identifier: GPL-2.0
/*
 * twin CASE: one legitimate change of credentials, namespaces or root
 * twin --list: the cases
 * twin reside: waits to be killed
 * twin =WHAT: what a case executes; prints its credentials
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "twin.h"

static const struct twin *const areas[] = {
	cred_twins, ns_twins, fs_twins, task_twins,
};

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
	MUST(in_child(body, arg));
}

void write_file(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	MUST(fd < 0 || write(fd, text, strlen(text)) != (ssize_t)strlen(text));
	close(fd);
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

int main(int argc, char **argv)
{
	const struct twin *t;
	size_t i;

	if (argc > 1 && argv[1][0] == '=') {
		show_creds(argv[1] + 1);
		return 0;
	}
	if (argc > 1 && !strcmp(argv[1], "reside"))
		for (;;)
			pause();
	for (i = 0; i < ARRAY_SIZE(areas); i++) {
		for (t = areas[i]; t->name; t++) {
			if (argc < 2 || !strcmp(argv[1], "--list"))
				puts(t->name);
			else if (!strcmp(argv[1], t->name))
				return t->run(), fflush(NULL), 0;
		}
	}
	return argc > 1 && strcmp(argv[1], "--list") ? 2 : 0;
}
