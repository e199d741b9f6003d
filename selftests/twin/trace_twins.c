// SPDX-License-Identifier: GPL-2.0
/* What tracers, debuggers and checkpointers do to a task. */
#include <elf.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

/* A child that waits to be told to go, and then looks around. */
static pid_t subject(int *go)
{
	int pipes[2];
	struct stat st;
	pid_t pid;

	MUST(pipe(pipes));
	fflush(NULL);
	pid = fork();
	MUST(pid < 0);
	if (!pid) {
		close(pipes[1]);
		wait_byte(pipes[0]);
		MUST(stat("/tmp", &st) || setresuid(70, 70, 70));
		MUST(stat("/", &st));
		_exit(0);
	}
	close(pipes[0]);
	*go = pipes[1];
	return pid;
}

/* Lets it stop at system calls to its end; how often it did. */
static int follow(pid_t pid)
{
	int status, stops = 0;

	while (waitpid(pid, &status, __WALL) == pid && WIFSTOPPED(status)) {
		stops++;
		MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	}
	MUST(status);
	return stops;
}

static void stopped(pid_t pid)
{
	int status;

	MUST(waitpid(pid, &status, __WALL) != pid || !WIFSTOPPED(status));
}

static void trace_me(void *arg)
{
	int go;
	pid_t pid;

	(void)arg;
	MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	/* Its own child is not traced. */
	pid = subject(&go);
	send_byte(go);
	MUST(waitpid(pid, NULL, 0) != pid);
}

static void ptrace_me(void)
{
	pid_t pid = fork();

	MUST(pid < 0);
	if (!pid) {
		trace_me(NULL);
		_exit(0);
	}
	printf("traced %d\n", follow(pid) > 4);
}

static void ptrace_attach(void)
{
	int go;
	pid_t pid = subject(&go);

	MUST(ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	stopped(pid);
	MUST(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	MUST(ptrace(PTRACE_SEIZE, pid, NULL, NULL));
	MUST(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	stopped(pid);
	MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	send_byte(go);
	printf("traced %d\n", follow(pid) > 4);
}

static void ptrace_step(void)
{
	int go, status, steps = 0;
	pid_t pid = subject(&go);

	MUST(ptrace(PTRACE_ATTACH, pid, NULL, NULL));
	send_byte(go);
	while (waitpid(pid, &status, 0) == pid && WIFSTOPPED(status)) {
		steps++;
		MUST(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
	}
	MUST(status);
	printf("stepped %d\n", steps > 30);
}

/* Asks for its parent's id, and gets what the tracer makes of it. */
static void asks(void *arg)
{
	long first, second;

	(void)arg;
	MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	first = getppid();
	second = getppid();
	printf("results %ld %ld\n", first, second);
	show_creds("changed");
}

static void at_entry(pid_t pid, struct user_regs_struct *regs, long nr)
{
	do {
		MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
		stopped(pid);
		MUST(ptrace(PTRACE_GETREGS, pid, NULL, regs));
	} while ((long)regs->orig_rax != nr || (long)regs->rax != -38);
}

/* One call becomes a change of ids, the other is none at all. */
static void ptrace_change(void)
{
	struct user_regs_struct regs;
	int status;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	MUST(pid < 0);
	if (!pid) {
		asks(NULL);
		fflush(NULL);
		_exit(0);
	}
	stopped(pid);
	at_entry(pid, &regs, SYS_getppid);
	regs.orig_rax = SYS_setresuid;
	regs.rdi = regs.rsi = regs.rdx = 71;
	MUST(ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	stopped(pid);
	at_entry(pid, &regs, SYS_getppid);
	regs.orig_rax = -1;
	MUST(ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	stopped(pid);
	regs.rax = 4321;
	MUST(ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	MUST(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	MUST(waitpid(pid, &status, 0) != pid || status);
}

static void forks(void *arg)
{
	int status;
	pid_t pid;

	MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
	raise(SIGSTOP);
	pid = fork();
	MUST(pid < 0);
	if (!pid)
		_exit(access("/tmp", F_OK));
	MUST(waitpid(pid, &status, 0) != pid || status);
	pid = vfork();
	if (!pid) {
		execl(arg, arg, "=under a tracer", NULL);
		_exit(1);
	}
	MUST(waitpid(pid, &status, 0) != pid || status);
}

/* Children are the tracer's before they run their first instruction. */
static void ptrace_forks(void)
{
	int status, seen = 0;
	pid_t pid, first;

	copy_program("/tmp/setuid");
	MUST(chown("/tmp/setuid", 77, 88) || chmod("/tmp/setuid", 06755));
	first = fork();
	MUST(first < 0);
	if (!first) {
		forks("/tmp/setuid");
		_exit(0);
	}
	stopped(first);
	MUST(ptrace(PTRACE_SETOPTIONS, first, NULL,
		    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		    PTRACE_O_TRACEEXIT | PTRACE_O_TRACEVFORKDONE));
	MUST(ptrace(PTRACE_CONT, first, NULL, NULL));
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (!WIFSTOPPED(status)) {
			MUST(status);
			continue;
		}
		seen |= 1 << (status >> 16);
		MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	}
	printf("events %x\n", seen);
}

/* The child has the same program at the same place. */
static char remote[64];

static long inject(pid_t pid, const struct user_regs_struct *at, long nr,
		   unsigned long a, unsigned long b)
{
	struct user_regs_struct regs = *at;

	regs.rax = nr;
	regs.orig_rax = -1;
	regs.rdi = a;
	regs.rsi = b;
	MUST(ptrace(PTRACE_SETREGS, pid, NULL, &regs));
	MUST(ptrace(PTRACE_SINGLESTEP, pid, NULL, NULL));
	stopped(pid);
	MUST(ptrace(PTRACE_GETREGS, pid, NULL, &regs));
	return regs.rax;
}

/* To where its next system call has been left out, behind its instruction. */
static void leave_out_a_call(pid_t pid, struct user_regs_struct *regs)
{
	MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	stopped(pid);
	MUST(ptrace(PTRACE_GETREGS, pid, NULL, regs));
	regs->orig_rax = -1;
	MUST(ptrace(PTRACE_SETREGS, pid, NULL, regs));
	MUST(ptrace(PTRACE_SYSCALL, pid, NULL, NULL));
	stopped(pid);
	MUST(ptrace(PTRACE_GETREGS, pid, NULL, regs));
	regs->rip -= 2;
}

static void look_into(pid_t pid)
{
	static const char *const names[] = {
		"maps", "smaps", "pagemap", "status", "mountinfo", "auxv",
		"timers", "ns/net", "ns/mnt", "root", "cwd", "exe",
	};
	char path[64], buf[256];
	sigset_t mask;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++) {
		int fd;

		snprintf(path, sizeof(path), "/proc/%d/%s", pid, names[i]);
		fd = open(path, O_RDONLY | O_CLOEXEC);
		if (fd < 0 || close(fd))
			MUST(readlink(path, buf, sizeof(buf)) < 0);
	}
	MUST(ptrace(PTRACE_GETSIGMASK, pid, sizeof(uint64_t), &mask));
	MUST(ptrace(PTRACE_SETSIGMASK, pid, sizeof(uint64_t), &mask));
}

/* Stops a task, looks into all of it and has it make calls, as CRIU does. */
static void checkpoint(void)
{
	static const char path[] = "/tmp/injected";
	struct iovec local = { (void *)path, sizeof(path) };
	struct iovec there = { remote, sizeof(path) };
	struct user_regs_struct at;
	struct stat st;
	int go, status;
	pid_t pid = subject(&go);

	MUST(ptrace(PTRACE_SEIZE, pid, NULL, PTRACE_O_TRACESYSGOOD));
	MUST(ptrace(PTRACE_INTERRUPT, pid, NULL, NULL));
	stopped(pid);
	look_into(pid);
	leave_out_a_call(pid, &at);
	MUST(process_vm_writev(pid, &local, 1, &there, 1, 0) < 0);
	MUST(inject(pid, &at, SYS_mkdir, (long)remote, 0700));
	MUST(stat(path, &st));
	MUST(inject(pid, &at, SYS_chdir, (long)remote, 0));
	MUST(inject(pid, &at, SYS_unshare, CLONE_FS | CLONE_FILES, 0));
	MUST(inject(pid, &at, SYS_chroot, (long)"/tmp", 0));
	MUST(inject(pid, &at, SYS_setuid, 71, 0));
	MUST(kill(pid, SIGKILL));
	MUST(waitpid(pid, &status, 0) != pid);
	printf("injected, then %d\n", WTERMSIG(status));
}

/* The signal that a stopped tracee is to get. */
static int signal_of(int status)
{
	int sig = WSTOPSIG(status);

	if (status >> 16 || sig == SIGTRAP || sig == (SIGTRAP | 0x80) ||
	    sig == SIGSTOP)
		return 0;
	return sig;
}

int trace(char **argv)
{
	int status, first_status = 1;
	pid_t pid, first = fork();

	MUST(first < 0);
	if (!first) {
		MUST(ptrace(PTRACE_TRACEME, 0, NULL, NULL));
		raise(SIGSTOP);
		execv(argv[0], argv);
		MUST("exec");
	}
	stopped(first);
	MUST(ptrace(PTRACE_SETOPTIONS, first, NULL,
		    PTRACE_O_TRACEFORK | PTRACE_O_TRACEVFORK |
		    PTRACE_O_TRACECLONE | PTRACE_O_TRACEEXEC |
		    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL));
	MUST(ptrace(PTRACE_SYSCALL, first, NULL, NULL));
	while ((pid = waitpid(-1, &status, __WALL)) > 0) {
		if (WIFSTOPPED(status))
			MUST(ptrace(PTRACE_SYSCALL, pid, NULL,
				    signal_of(status)));
		else if (pid == first)
			first_status = status;
	}
	return first_status;
}

const struct twin trace_twins[] = {
	{ "ptrace-me", ptrace_me },
	{ "ptrace-attach", ptrace_attach },
	{ "ptrace-step", ptrace_step },
	{ "ptrace-change", ptrace_change },
	{ "ptrace-forks", ptrace_forks },
	{ "checkpoint", checkpoint },
	{ NULL, NULL },
};
