// SPDX-License-Identifier: GPL-2.0
/* Legitimate changes of namespaces. */
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#define ALL_NS (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | \
		CLONE_NEWNET | CLONE_NEWCGROUP)

static const struct {
	const char *name;
	int flag;
} kinds[] = {
	{ "mnt", CLONE_NEWNS }, { "uts", CLONE_NEWUTS },
	{ "ipc", CLONE_NEWIPC }, { "pid", CLONE_NEWPID },
	{ "net", CLONE_NEWNET }, { "cgroup", CLONE_NEWCGROUP },
	{ "time", CLONE_NEWTIME },
};

static void look_around(void)
{
	struct stat st;
	char name[64];

	MUST(stat("/tmp", &st) || gethostname(name, sizeof(name)));
}

static void unshare_one(void *arg)
{
	own_namespaces(0);
	MUST(unshare(*(const int *)arg));
	look_around();
}

static void unshare_each(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		child_must(unshare_one, (void *)&kinds[i].flag);
		puts(kinds[i].name);
	}
}

static void unshare_as_user(void *arg)
{
	(void)arg;
	become(1234);
	own_namespaces(ALL_NS | CLONE_FS | CLONE_FILES | CLONE_SYSVSEM);
	show_creds("root of its own");
	own_namespaces(CLONE_NEWNET);
	show_creds("and once more");
}

static void unshare_user(void)
{
	child_must(unshare_as_user, NULL);
}

static void clone_one(int flags)
{
	int status;
	pid_t pid;

	fflush(NULL);
	pid = syscall(SYS_clone, flags | SIGCHLD, NULL, NULL, NULL, NULL);
	MUST(pid < 0);
	if (!pid) {
		look_around();
		_exit(getpid() == 1 || !(flags & CLONE_NEWPID) ? 0 : 3);
	}
	MUST(waitpid(pid, &status, 0) != pid || status);
}

static void clone_all(void)
{
	clone_one(CLONE_NEWUSER | ALL_NS);
	become(1234);
	clone_one(CLONE_NEWUSER | ALL_NS);
	puts("cloned");
}

static void exec_self(void *arg)
{
	execl("/program", "/program", arg, NULL);
	MUST("exec");
}

static void newtime_exec(void *arg)
{
	(void)arg;
	own_namespaces(CLONE_NEWTIME);
	/* A fork moves the child into the new time namespace, and so does exec. */
	child_must(exec_self, "=forked");
	exec_self("=executed");
}

static void newtime_vfork(void *arg)
{
	int status;
	pid_t pid;

	(void)arg;
	own_namespaces(CLONE_NEWTIME);
	fflush(NULL);
	pid = vfork();
	if (!pid) {
		execl("/program", "/program", "=vforked", NULL);
		_exit(1);
	}
	MUST(waitpid(pid, &status, 0) != pid || status);
}

static void time_twin(void)
{
	child_must(newtime_exec, NULL);
	child_must(newtime_vfork, NULL);
}

/* A child in namespaces of its own which waits until it is killed. */
static pid_t resident(int flags)
{
	int ready[2];
	pid_t pid;

	MUST(pipe(ready));
	fflush(NULL);
	pid = fork();
	MUST(pid < 0);
	if (!pid) {
		MUST(flags && unshare(flags));
		/* Pid and time namespaces are those of the next child. */
		if (flags & (CLONE_NEWPID | CLONE_NEWTIME)) {
			pid = fork();
			MUST(pid < 0);
			if (pid) {
				wait(NULL);
				_exit(0);
			}
		}
		send_byte(ready[1]);
		for (;;)
			pause();
	}
	wait_byte(ready[0]);
	close(ready[0]);
	close(ready[1]);
	return pid;
}

static int open_ns(pid_t pid, const char *name)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s%s", pid, name,
		 name[0] == 't' || name[0] == 'p' ? "_for_children" : "");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	MUST(fd < 0);
	return fd;
}

static void there_and_back(void *arg)
{
	size_t i;

	(void)arg;
	MUST(mount("proc", "/proc", "proc", 0, NULL));
	for (i = 0; i < ARRAY_SIZE(kinds); i++) {
		pid_t pid = resident(kinds[i].flag);
		int there = open_ns(pid, kinds[i].name);
		int home = open_ns(getpid(), kinds[i].name);

		MUST(setns(there, kinds[i].flag));
		look_around();
		MUST(setns(home, kinds[i].flag));
		look_around();
		kill(pid, SIGKILL);
		MUST(waitpid(pid, NULL, 0) != pid);
		close(there);
		close(home);
		puts(kinds[i].name);
	}
}

/* One may come back only to namespaces that are one's own. */
static void at_home(void *arg)
{
	own_namespaces(ALL_NS | CLONE_NEWTIME);
	child_must(there_and_back, arg);
}

static void setns_each(void)
{
	child_must(at_home, NULL);
}

static void user_there(void *arg)
{
	char path[64];
	pid_t pid;
	int fd;

	(void)arg;
	own_namespaces(0);
	pid = resident(CLONE_NEWUSER);
	snprintf(path, sizeof(path), "/proc/%d/ns/user", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	MUST(fd < 0 || setns(fd, CLONE_NEWUSER));
	show_creds("inside");
	kill(pid, SIGKILL);
}

static void setns_user(void)
{
	child_must(user_there, NULL);
}

static void by_pidfd(void *arg)
{
	int flags = CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWNET | CLONE_NEWIPC;
	pid_t pid;
	int fd;

	(void)arg;
	own_namespaces(0);
	pid = resident(flags);
	fd = syscall(SYS_pidfd_open, pid, 0);
	MUST(fd < 0 || setns(fd, flags));
	look_around();
	kill(pid, SIGKILL);
	puts("several at once");
}

static void setns_pidfd(void)
{
	child_must(by_pidfd, NULL);
}

/* In all new namespaces at once, and waits until it is killed. */
static pid_t clone_resident(void)
{
	int ready[2];
	struct clone_args args = {
		.flags = CLONE_NEWUSER | ALL_NS | CLONE_NEWTIME,
		.exit_signal = SIGCHLD,
	};
	pid_t pid;

	MUST(pipe(ready));
	fflush(NULL);
	pid = syscall(SYS_clone3, &args, sizeof(args));
	MUST(pid < 0);
	if (!pid) {
		send_byte(ready[1]);
		for (;;)
			pause();
	}
	wait_byte(ready[0]);
	return pid;
}

static void all_at_once(void *arg)
{
	int flags = CLONE_NEWUSER | ALL_NS | CLONE_NEWTIME, fd;
	pid_t pid = clone_resident();

	(void)arg;
	fd = syscall(SYS_pidfd_open, pid, 0);
	MUST(fd < 0 || setns(fd, flags));
	show_creds("inside");
	clone_one(CLONE_NEWUTS | CLONE_NEWNET);
	child_must(exec_self, "=there");
	kill(pid, SIGKILL);
}

static void setns_all(void)
{
	child_must(all_at_once, NULL);
}

static int dies(void *path)
{
	int status;
	pid_t pid = resident(CLONE_NEWNET);
	char from[64];

	snprintf(from, sizeof(from), "/proc/%d/ns/net", pid);
	write_file(path, "");
	MUST(mount(from, path, NULL, MS_BIND, NULL));
	kill(pid, SIGKILL);
	return waitpid(pid, &status, 0) == pid ? 0 : -1;
}

/* A namespace without a task, held by what is mounted. */
static void pinned(void *arg)
{
	static char path[] = "/tmp/pinned";
	int fd;

	(void)arg;
	own_namespaces(ALL_NS & ~CLONE_NEWPID);
	MUST(dies(path));
	fd = open(path, O_RDONLY | O_CLOEXEC);
	MUST(fd < 0 || setns(fd, CLONE_NEWNET) || setns(fd, 0));
	look_around();
	MUST(umount2(path, MNT_DETACH));
	puts("pinned");
}

static void setns_pinned(void)
{
	child_must(pinned, NULL);
}

static void deeper(void *arg)
{
	int depth = *(int *)arg;

	if (!depth--)
		return;
	own_namespaces(CLONE_NEWNET | CLONE_NEWNS);
	child_must(deeper, &depth);
}

static void nested_users(void)
{
	int depth = 8;

	child_must(deeper, &depth);
	puts("deep");
}

static void visit_one(void *arg)
{
	MUST(unshare(*(const int *)arg));
	look_around();
	clone_one(CLONE_NEWNET);
	puts("there");
}

/* The rest of an administrator's namespaces may still be the host's. */
void visit(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		child_must(visit_one, (void *)&kinds[i].flag);
	clone_one(ALL_NS);
	clone_one(CLONE_NEWUSER | ALL_NS);
}

const struct twin ns_twins[] = {
	{ "unshare-each", unshare_each },
	{ "unshare-user", unshare_user },
	{ "clone-all", clone_all },
	{ "time", time_twin },
	{ "setns-each", setns_each },
	{ "setns-user", setns_user },
	{ "setns-pidfd", setns_pidfd },
	{ "setns-all", setns_all },
	{ "setns-pinned", setns_pinned },
	{ "nested-users", nested_users },
	{ NULL, NULL },
};
