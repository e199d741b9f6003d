// SPDX-License-Identifier: GPL-2.0
/*
 * What is measured.  System calls are made by hand: the C library would add
 * instructions of its own.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/util.h"
#include "operation.h"

#define FILE_THERE	BENCH_DIR "/there"
#define FILE_NEW	BENCH_DIR "/new"

static inline long call(long nr, long a, long b, long c, long d)
{
	register long r10 asm("r10") = d;
	long ret;

	asm volatile("syscall" : "=a" (ret)
		     : "a" (nr), "D" (a), "S" (b), "d" (c), "r" (r10)
		     : "rcx", "r11", "memory");
	return ret;
}

static void must(int good, const char *what)
{
	if (good)
		return;
	perror(what);
	exit(1);
}

/* A known number of instructions, which tells whether they are counted. */
static void run_loop(unsigned int count)
{
	asm volatile("1: dec %0\n\tjnz 1b" : "+r" (count));
}

static void run_getpid(unsigned int count)
{
	while (count--)
		call(__NR_getpid, 0, 0, 0, 0);
}

static void run_getppid(unsigned int count)
{
	while (count--)
		call(__NR_getppid, 0, 0, 0, 0);
}

static void prepare_file(void)
{
	int fd = open(FILE_THERE, O_RDWR | O_CREAT, 0644);

	must(fd >= 0, FILE_THERE);
	close(fd);
}

static void run_open_close(unsigned int count)
{
	while (count--)
		call(__NR_close,
		     call(__NR_open, (long)FILE_THERE, O_RDONLY, 0, 0), 0, 0, 0);
}

static void run_stat(unsigned int count)
{
	struct stat st;

	while (count--)
		call(__NR_stat, (long)FILE_THERE, (long)&st, 0, 0);
}

static void run_creat_unlink(unsigned int count)
{
	while (count--) {
		long fd = call(__NR_creat, (long)FILE_NEW, 0600, 0, 0);

		call(__NR_close, fd, 0, 0, 0);
		call(__NR_unlink, (long)FILE_NEW, 0, 0, 0);
	}
}

static int there[2], back[2];

static void prepare_own_pipe(void)
{
	must(!pipe(there), "pipe");
}

static void run_write_read(unsigned int count)
{
	char c = 0;

	while (count--) {
		call(__NR_write, there[1], (long)&c, 1, 0);
		call(__NR_read, there[0], (long)&c, 1, 0);
	}
}

static void prepare_pipe(void)
{
	pid_t pid;
	char c;

	must(!pipe(there) && !pipe(back), "pipe");
	pid = fork();
	must(pid >= 0, "fork");
	if (pid)
		return;
	close(there[1]);
	close(back[0]);
	while (call(__NR_read, there[0], (long)&c, 1, 0) == 1)
		call(__NR_write, back[1], (long)&c, 1, 0);
	_exit(0);
}

static void run_pipe(unsigned int count)
{
	char c = 0;

	while (count--) {
		call(__NR_write, there[1], (long)&c, 1, 0);
		call(__NR_read, back[0], (long)&c, 1, 0);
	}
}

static void run_fork(unsigned int count)
{
	while (count--) {
		long pid = call(__NR_fork, 0, 0, 0, 0);

		if (!pid)
			call(__NR_exit_group, 0, 0, 0, 0);
		call(__NR_wait4, pid, 0, 0, 0);
	}
}

static void run_exec(unsigned int count)
{
	static char *const argv[] = { "bench", "nothing", NULL };

	while (count--) {
		long pid = call(__NR_fork, 0, 0, 0, 0);

		if (!pid) {
			call(__NR_execve, (long)BENCH_PROGRAM, (long)argv,
			     (long)(argv + 2), 0);
			call(__NR_exit_group, 1, 0, 0, 0);
		}
		call(__NR_wait4, pid, 0, 0, 0);
	}
}

/* What a service with a SystemCallFilter has. */
static void prepare_filter(void)
{
	struct sock_filter filter[] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS,
			 offsetof(struct seccomp_data, nr)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, __NR_reboot, 0, 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | 1),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
	};
	struct sock_fprog program = {
		.len = ARRAY_SIZE(filter),
		.filter = filter,
	};

	prepare_file();
	must(!prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0), "no_new_privs");
	must(!prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program), "seccomp");
}

static const struct operation operations[] = {
	{ "loop", 100000, NULL, run_loop },
	{ "getpid", 1000, NULL, run_getpid },
	{ "getppid", 1000, NULL, run_getppid },
	{ "open+close", 100, prepare_file, run_open_close },
	{ "stat", 200, prepare_file, run_stat },
	{ "creat+unlink", 40, prepare_file, run_creat_unlink },
	{ "write+read", 200, prepare_own_pipe, run_write_read },
	{ "pipe", 50, prepare_pipe, run_pipe },
	{ "fork", 4, NULL, run_fork },
	{ "exec", 2, NULL, run_exec },
	{ "seccomp-getpid", 1000, prepare_filter, run_getpid },
	{ "seccomp-open+close", 100, prepare_filter, run_open_close },
};

const struct operation *operation_by_name(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(operations); i++)
		if (!strcmp(operations[i].name, name))
			return &operations[i];
	return NULL;
}
