// SPDX-License-Identifier: GPL-2.0
/* What programs do with the states that a guard watches. */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/fsuid.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/ring.h"
#include "common/util.h"
#include "life/deed.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif
#define SELF "/proc/self/exe"

/* A step, and what is left of the deed when it fails. */
#define TRY(bad) do { \
	if (bad) \
		return errno ?: EPROTO; \
} while (0)

const char *deed_setuid = "/setuid";

/* A child's end: 0 if it was a good one. */
static int end_of(pid_t pid)
{
	int status;

	TRY(pid < 0 || waitpid(pid, &status, 0) != pid);
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static int do_fork(void)
{
	pid_t pid = fork();

	if (!pid)
		_exit(0);
	return end_of(pid);
}

static int do_vfork(void)
{
	pid_t pid = vfork();

	if (!pid) {
		execl(SELF, SELF, DEED_NOTHING, NULL);
		_exit(1);
	}
	return end_of(pid);
}

static int do_exec(void)
{
	execl(SELF, SELF, DEED_NOTHING, NULL);
	return errno;
}

static void *exec_in_thread(void *arg)
{
	execl(SELF, SELF, DEED_NOTHING, NULL);
	return arg;
}

/* Not the leader: it takes that one's place. */
static int do_exec_by_thread(void)
{
	pthread_t thread;

	TRY(pthread_create(&thread, NULL, exec_in_thread, NULL));
	pthread_join(thread, NULL);
	return EPROTO;
}

static int do_setuid_program(void)
{
	TRY(setresuid(1000, 1000, 1000));
	execl(deed_setuid, deed_setuid, DEED_ROOT, NULL);
	return errno;
}

static void *nothing(void *arg)
{
	return arg;
}

static int do_threads(void)
{
	pthread_t threads[4];
	int i;

	for (i = 0; i < 4; i++)
		TRY(pthread_create(&threads[i], NULL, nothing, NULL));
	for (i = 0; i < 4; i++)
		TRY(pthread_join(threads[i], NULL));
	return 0;
}

/* Leaves its children what it has made. */
static int unshare_and_fork(int type)
{
	TRY(unshare(type));
	return do_fork();
}

#define UNSHARE(name, type)			\
static int do_unshare_##name(void)		\
{						\
	return unshare_and_fork(type);		\
}
UNSHARE(mnt, CLONE_NEWNS)
UNSHARE(net, CLONE_NEWNET)
UNSHARE(uts, CLONE_NEWUTS)
UNSHARE(ipc, CLONE_NEWIPC)
UNSHARE(pid, CLONE_NEWPID)
UNSHARE(cgroup, CLONE_NEWCGROUP)
UNSHARE(user, CLONE_NEWUSER)
UNSHARE(user_mnt, CLONE_NEWUSER | CLONE_NEWNS)
UNSHARE(fs, CLONE_FS | CLONE_FILES)

/* It takes an exec to get into it. */
static int do_unshare_time(void)
{
	TRY(unshare(CLONE_NEWTIME));
	return do_exec();
}

static int leave_and_return(const char *name, int type)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	TRY(fd < 0 || unshare(type) || setns(fd, type));
	return do_fork();
}

#define RETURN(name, type)			\
static int do_return_##name(void)		\
{						\
	return leave_and_return(#name, type);	\
}
RETURN(mnt, CLONE_NEWNS)
RETURN(net, CLONE_NEWNET)
RETURN(uts, CLONE_NEWUTS)
RETURN(ipc, CLONE_NEWIPC)
RETURN(cgroup, CLONE_NEWCGROUP)

/* Back into all of them at once, by a process that has stayed there. */
static int do_return_by_pidfd(void)
{
	int types = CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC;
	int fd = syscall(SYS_pidfd_open, getppid(), 0);

	TRY(fd < 0 || unshare(types) || setns(fd, types));
	return do_fork();
}

static int do_chroot(void)
{
	struct stat st;

	TRY(chroot("/tmp") || chdir("/"));
	/* It is another root, and none of ours is in it. */
	return !stat(SELF, &st) || errno != ENOENT;
}

static int do_pivot_root(void)
{
	struct stat st;

	TRY(unshare(CLONE_NEWNS) ||
	    mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL) ||
	    mount("tmpfs", "/tmp", "tmpfs", 0, NULL) || chdir("/tmp") ||
	    syscall(SYS_pivot_root, ".", ".") || umount2(".", MNT_DETACH) ||
	    chdir("/"));
	TRY(!stat(SELF, &st) || errno != ENOENT);
	return do_fork();
}

/* A child that shares the root moves it for both. */
static int do_shared_root(void)
{
	struct stat st;
	pid_t pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL,
			    NULL);
	int end;

	if (!pid)
		_exit(chroot("/tmp") ? errno : 0);
	end = end_of(pid);
	if (end)
		return end;
	return !stat("/proc", &st) || errno != ENOENT;
}

static int filter_all_threads(void)
{
	struct sock_filter allow =
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW);
	struct sock_fprog program = { 1, &allow };

	TRY(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	TRY(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		    SECCOMP_FILTER_FLAG_TSYNC, &program));
	return 0;
}

static void *wait_for_byte(void *fd)
{
	char byte;

	return (void *)(long)(read(*(int *)fd, &byte, 1) != 1);
}

static int do_filters(void)
{
	pthread_t threads[2];
	int fds[2], i, result;
	void *bad;

	TRY(pipe(fds));
	for (i = 0; i < 2; i++)
		TRY(pthread_create(&threads[i], NULL, wait_for_byte, &fds[0]));
	result = filter_all_threads();
	TRY(write(fds[1], "12", 2) != 2);
	for (i = 0; i < 2; i++) {
		pthread_join(threads[i], &bad);
		TRY(bad);
	}
	return result ?: do_fork();
}

static int do_ids(void)
{
	TRY(setgroups(2, (gid_t[]){ 7, 1000 }));
	TRY(setresgid(1000, 1000, 1000) || setresuid(1000, 0, 0));
	TRY(setresuid(1000, 1000, 0) || setresuid(0, 0, 0));
	TRY(setfsuid(1000) || setfsuid(0) != 1000);
	TRY(setresuid(1000, 1000, 1000) || geteuid() != 1000);
	return do_fork();
}

static int do_capset(void)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct data[2];

	TRY(syscall(SYS_capget, &head, data));
	TRY(prctl(PR_CAPBSET_DROP, CAP_MKNOD));
	data[0].effective = 0;
	TRY(syscall(SYS_capset, &head, data));
	data[0].effective = data[0].permitted;
	TRY(syscall(SYS_capset, &head, data));
	data[0].permitted = data[1].permitted = 0;
	data[0].effective = data[1].effective = 0;
	TRY(syscall(SYS_capset, &head, data));
	return do_fork();
}

static int do_tmpfile(void)
{
	int fd = open("/tmp", O_TMPFILE | O_RDWR, 0600);

	TRY(fd < 0 || write(fd, "1", 1) != 1);
	return 0;
}

static int do_ring(void)
{
	struct io_uring_sqe request = {
		.opcode = IORING_OP_OPENAT,
		.flags = IOSQE_ASYNC,
		.fd = AT_FDCWD,
		.addr = (unsigned long)SELF,
		.open_flags = O_RDONLY,
	};
	struct ring ring;
	int fd;

	TRY(!ring_open(&ring, 0));
	fd = ring_do(&ring, &request);
	return fd < 0 ? -fd : 0;
}

static int do_ptrace(void)
{
	int status, i;
	pid_t pid = fork();

	if (!pid) {
		ptrace(PTRACE_TRACEME, 0, NULL, NULL);
		raise(SIGSTOP);
		_exit(setuid(1000) ? errno : 0);
	}
	TRY(pid < 0 || waitpid(pid, &status, 0) != pid || !WIFSTOPPED(status));
	for (i = 0; i < 4; i++) {
		TRY(ptrace(PTRACE_SYSCALL, pid, NULL, NULL) ||
		    waitpid(pid, &status, 0) != pid);
		if (!WIFSTOPPED(status))
			return WEXITSTATUS(status);
	}
	TRY(ptrace(PTRACE_DETACH, pid, NULL, NULL));
	return end_of(pid);
}

static int do_kill(void)
{
	pid_t pid = fork();

	while (!pid)
		pause();
	TRY(pid < 0 || kill(pid, SIGTERM));
	return end_of(pid) == 128 + SIGTERM ? 0 : EPROTO;
}

const struct deed deeds[] = {
	{ "fork", do_fork },
	{ "vfork", do_vfork },
	{ "exec", do_exec },
	{ "exec by a thread", do_exec_by_thread },
	{ "set-user-ID program", do_setuid_program },
	{ "threads", do_threads },
	{ "unshare mnt", do_unshare_mnt },
	{ "unshare net", do_unshare_net },
	{ "unshare uts", do_unshare_uts },
	{ "unshare ipc", do_unshare_ipc },
	{ "unshare pid", do_unshare_pid },
	{ "unshare cgroup", do_unshare_cgroup },
	{ "unshare user", do_unshare_user },
	{ "unshare user and mnt", do_unshare_user_mnt },
	{ "unshare fs", do_unshare_fs },
	{ "unshare time", do_unshare_time },
	{ "return to mnt", do_return_mnt },
	{ "return to net", do_return_net },
	{ "return to uts", do_return_uts },
	{ "return to ipc", do_return_ipc },
	{ "return to cgroup", do_return_cgroup },
	{ "return by pidfd", do_return_by_pidfd },
	{ "chroot", do_chroot },
	{ "pivot_root", do_pivot_root },
	{ "shared root", do_shared_root },
	{ "filters", do_filters },
	{ "ids", do_ids },
	{ "capabilities", do_capset },
	{ "tmpfile", do_tmpfile },
	{ "io_uring", do_ring },
	{ "ptrace", do_ptrace },
	{ "kill", do_kill },
};
const int nr_deeds = ARRAY_SIZE(deeds);

int deed_do(const struct deed *deed)
{
	int status;
	pid_t pid = fork();

	if (!pid)
		_exit(deed->act());
	if (pid < 0 || waitpid(pid, &status, 0) != pid)
		return -1;
	return status;
}
