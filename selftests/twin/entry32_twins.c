// SPDX-License-Identifier: GPL-2.0
/*
 * Legitimate changes by 32-bit system calls of this 64-bit program.  What their
 * arguments point to has to lie below 4 GB: a static program's data does.
 */
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

/* Of the 32-bit table. */
enum {
	I386_EXECVE = 11, I386_CHDIR = 12, I386_GETPID = 20, I386_MKDIR = 39,
	I386_CHROOT = 61, I386_FCHDIR = 133, I386_PRCTL = 172,
	I386_CAPSET = 185, I386_SETGROUPS = 206, I386_SETRESUID = 208,
	I386_SETRESGID = 210, I386_UNSHARE = 310, I386_SETNS = 346,
	I386_SECCOMP = 354,
};

static int int80(long nr, long a, long b, long c)
{
	long ret;

	asm volatile("int $0x80" : "=a" (ret)
		     : "a" (nr), "b" (a), "c" (b), "d" (c), "S" (0), "D" (0)
		     : "memory", "r8", "r9", "r10", "r11");
	return ret;
}

static long low(const void *data)
{
	MUST((unsigned long)data >> 32);
	return (long)data;
}

static void try_int80(void *arg)
{
	(void)arg;
	_exit(int80(I386_GETPID, 0, 0, 0) == getpid() ? 0 : 1);
}

static void need_int80(void)
{
	int status = in_child(try_int80, NULL);

	if (status == 128 + SIGSEGV)
		skip("no 32-bit system calls");
	MUST(status);
}

static void int80_creds(void)
{
	static struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	static struct __user_cap_data_struct caps[2];
	static gid_t groups[] = { 21, 22, 23 };

	need_int80();
	MUST(int80(I386_SETGROUPS, ARRAY_SIZE(groups), low(groups), 0));
	MUST(int80(I386_SETRESGID, 31, 32, 33));
	MUST(int80(I386_PRCTL, PR_SET_KEEPCAPS, 1, 0));
	MUST(int80(I386_SETRESUID, 41, 42, 43));
	show_creds("ids");
	caps[0].permitted = 1 << CAP_SETUID | 1 << CAP_CHOWN;
	caps[0].effective = 1 << CAP_SETUID;
	MUST(int80(I386_CAPSET, low(&head), low(caps), 0));
	show_creds("capset");
	MUST(int80(I386_SETRESUID, 51, 52, 53));
	show_creds("once more");
}

static void int80_unshare(void *arg)
{
	static char path[] = "/tmp/new", root[] = "/", dot[] = ".";
	struct stat st;
	int there, home, fd;

	(void)arg;
	own_namespaces(CLONE_NEWUTS | CLONE_NEWNET);
	home = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	MUST(home < 0);
	MUST(int80(I386_UNSHARE, CLONE_NEWNET | CLONE_NEWNS, 0, 0));
	there = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	MUST(there < 0);
	MUST(int80(I386_SETNS, home, CLONE_NEWNET, 0));
	MUST(int80(I386_SETNS, there, CLONE_NEWNET, 0));
	MUST(int80(I386_UNSHARE, CLONE_FS | CLONE_FILES, 0, 0));

	fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	MUST(fd < 0 || int80(I386_MKDIR, low(path), 0755, 0));
	MUST(int80(I386_CHROOT, low(path), 0, 0));
	MUST(int80(I386_CHDIR, low(root), 0, 0));
	MUST(stat("/", &st));
	MUST(int80(I386_FCHDIR, fd, 0, 0));
	MUST(int80(I386_CHROOT, low(dot), 0, 0));
	MUST(stat("/tmp", &st));
}

static void int80_ns(void)
{
	need_int80();
	child_must(int80_unshare, NULL);
	puts("unshared");
}

/* The 32-bit table's exec takes 32-bit pointers. */
static void int80_exec(void)
{
	static char program[] = "/program", what[] = "=by int 0x80";
	static unsigned int argv[3], envp[1];

	need_int80();
	argv[0] = low(program);
	argv[1] = low(what);
	MUST(int80(I386_EXECVE, low(program), low(argv), low(envp)));
}

static void int80_filter(void)
{
	static struct sock_filter allow[] = {
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	static struct { unsigned short len; unsigned int filter; } prog;

	need_int80();
	prog.len = ARRAY_SIZE(allow);
	prog.filter = low(allow);
	MUST(int80(I386_PRCTL, PR_SET_NO_NEW_PRIVS, 1, 0));
	MUST(int80(I386_SECCOMP, SECCOMP_SET_MODE_FILTER, 0, low(&prog)));
	int80_exec();
}

const struct twin entry32_twins[] = {
	{ "int80-creds", int80_creds },
	{ "int80-ns", int80_ns },
	{ "int80-exec", int80_exec },
	{ "int80-filter", int80_filter },
	{ NULL, NULL },
};
