// SPDX-License-Identifier: GPL-2.0
/* Filters that a task puts on itself. */
#include <errno.h>
#include <fcntl.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

static struct sock_filter allow_all[] = {
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};
static struct sock_fprog allow_all_prog = { 1, allow_all };

static void seccomp_twin(void)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &allow_all_prog));
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &allow_all_prog));
	execl("/program", "/program", "=filtered", NULL);
	MUST("exec");
}

static void strict(void *arg)
{
	(void)arg;
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
	write(1, "strict\n", 7);
	syscall(SYS_exit, 7);
}

static void strict_and_more(void *arg)
{
	(void)arg;
	MUST(prctl(PR_SET_SECCOMP, SECCOMP_MODE_STRICT));
	getppid();
}

static void seccomp_strict(void)
{
	MUST(in_child(strict, NULL) != 7);
	MUST(in_child(strict_and_more, NULL) != 128 + SIGKILL);
	puts("kept to it");
}

static void tsync(void)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_TSYNC, &allow_all_prog));
}

static void tsync_often(void)
{
	int i;

	for (i = 0; i < 20; i++)
		tsync();
}

static void seccomp_tsync(void)
{
	with_threads(tsync);
	puts("synchronised");
	with_threads(tsync_often);
	puts("often");
}

/* mkdir() is for somebody else to decide. */
static struct sock_filter ask[] = {
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_mkdir, 0, 1),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_USER_NOTIF),
	BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

/* Its descriptors are its parent's, too. */
static int asks(void)
{
	struct sock_fprog prog = { ARRAY_SIZE(ask), ask };
	struct stat st;
	int fd;

	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	fd = syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_NEW_LISTENER, &prog);
	MUST(fd < 0);
	printf("listener %d\n", dup2(fd, 50));
	fflush(stdout);
	send_byte(61);
	MUST(mkdir("/tmp/refused", 0755) != -1 || errno != EDOM);
	MUST(mkdir("/tmp/granted", 0755) || stat("/tmp/granted", &st));
	MUST(mkdir("/tmp/pretended", 0755) || !stat("/tmp/pretended", &st));
	return 0;
}

static void answer(int listener, int error, unsigned int flags)
{
	struct seccomp_notif request = { 0 };
	struct seccomp_notif_resp response = { .error = error, .flags = flags };

	MUST(ioctl(listener, SECCOMP_IOCTL_NOTIF_RECV, &request));
	response.id = request.id;
	MUST(ioctl(listener, SECCOMP_IOCTL_NOTIF_SEND, &response));
}

static void seccomp_notify(void)
{
	int ready[2], status;
	pid_t pid;

	MUST(pipe(ready) || dup2(ready[0], 60) < 0 || dup2(ready[1], 61) < 0);
	fflush(NULL);
	pid = syscall(SYS_clone, CLONE_FILES | SIGCHLD, NULL, NULL, NULL, NULL);
	MUST(pid < 0);
	if (!pid)
		_exit(asks());
	wait_byte(60);
	answer(50, -EDOM, 0);
	answer(50, 0, SECCOMP_USER_NOTIF_FLAG_CONTINUE);
	answer(50, 0, 0);
	MUST(waitpid(pid, &status, 0) != pid || status);
	puts("answered");
}

/* A security module's own credential. */
static void landlock(void)
{
	struct landlock_ruleset_attr attr = {
		.handled_access_fs = LANDLOCK_ACCESS_FS_MAKE_DIR,
	};
	struct stat st;
	int fd = syscall(SYS_landlock_create_ruleset, &attr, sizeof(attr), 0);

	if (fd < 0)
		skip("no landlock");
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(syscall(SYS_landlock_restrict_self, fd, 0));
	MUST(syscall(SYS_landlock_restrict_self, fd, 0));
	MUST(stat("/tmp", &st) || mkdir("/tmp/there", 0755) != -1);
	MUST(setresuid(1, 2, 3));
	execl("/program", "/program", "=restricted", NULL);
	MUST("exec");
}

const struct twin filter_twins[] = {
	{ "seccomp", seccomp_twin },
	{ "seccomp-strict", seccomp_strict },
	{ "seccomp-tsync", seccomp_tsync },
	{ "seccomp-notify", seccomp_notify },
	{ "landlock", landlock },
	{ NULL, NULL },
};
