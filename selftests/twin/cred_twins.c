// SPDX-License-Identifier: GPL-2.0
/* Legitimate changes of credentials. */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/keyctl.h>
#include <linux/seccomp.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <stddef.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "common/util.h"
#include "twin.h"

/* A copy of this program that may be given bits and attributes. */
static void copy_program(const char *to)
{
	char buf[65536];
	ssize_t n;
	int in = open("/program", O_RDONLY | O_CLOEXEC);
	int out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0755);

	MUST(in < 0 || out < 0);
	while ((n = read(in, buf, sizeof(buf))) > 0)
		MUST(write(out, buf, n) != n);
	MUST(n < 0);
	close(in);
	close(out);
}

static void exec_as_user(void *path)
{
	become(1234);
	show_creds("before");
	execl(path, path, "=after", NULL);
	MUST("exec");
}

static void setuid_exec(void)
{
	copy_program("/tmp/setuid");
	MUST(chown("/tmp/setuid", 77, 88) || chmod("/tmp/setuid", 06755));
	child_must(exec_as_user, "/tmp/setuid");
	MUST(chown("/tmp/setuid", 0, 0) || chmod("/tmp/setuid", 04755));
	child_must(exec_as_user, "/tmp/setuid");
}

static void filecap_exec(void)
{
	struct vfs_cap_data caps = {
		.magic_etc = VFS_CAP_REVISION_2 | VFS_CAP_FLAGS_EFFECTIVE,
		.data[0].permitted = 1 << CAP_NET_RAW | 1 << CAP_CHOWN,
	};

	copy_program("/tmp/filecap");
	MUST(setxattr("/tmp/filecap", "security.capability", &caps,
		      XATTR_CAPS_SZ_2, 0));
	child_must(exec_as_user, "/tmp/filecap");
}

static void set_ids(void)
{
	gid_t groups[40];
	size_t i;

	for (i = 0; i < ARRAY_SIZE(groups); i++)
		groups[i] = 500 + 3 * i;
	MUST(setgroups(ARRAY_SIZE(groups), groups));
	show_creds("groups");
	MUST(setresgid(100, 200, 300));
	MUST(setresuid(100, 0, 300));
	show_creds("saved");
	setfsuid(300);
	setfsgid(100);
	show_creds("fs");
	MUST(seteuid(100) || seteuid(300) || seteuid(100));
	show_creds("swapped");
	MUST(setreuid(-1, 300) || setresuid(300, 300, 300));
	show_creds("dropped");
}

static void set_caps(uint32_t permitted, uint32_t effective, uint32_t inh)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2] = {
		{ .permitted = permitted, .effective = effective,
		  .inheritable = inh },
	};

	MUST(syscall(SYS_capset, &head, caps));
}

static void capset_twin(void)
{
	uint32_t setpcap = 1 << CAP_SETPCAP, chown = 1 << CAP_CHOWN;
	uint32_t setuid = 1 << CAP_SETUID, raw = 1 << CAP_NET_RAW;

	set_caps(setpcap | chown | setuid | raw, setpcap | setuid, raw | chown);
	show_creds("capset");
	MUST(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0));
	MUST(prctl(PR_CAPBSET_DROP, CAP_KILL));
	MUST(prctl(PR_SET_SECUREBITS, SECBIT_KEEP_CAPS));
	MUST(setresuid(55, 55, 55));
	show_creds("kept");
	set_caps(chown | raw, chown, raw);
	MUST(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0));
	MUST(prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0));
	show_creds("lowered");
	execl("/program", "/program", "=ambient", NULL);
	MUST("exec");
}

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

static pthread_barrier_t barrier;

static void *call_often(void *arg)
{
	struct stat st;
	int i;

	pthread_barrier_wait(&barrier);
	for (i = 0; i < 200; i++)
		MUST(stat("/tmp", &st));
	pthread_barrier_wait(&barrier);
	for (i = 0; i < 20; i++)
		MUST(stat("/tmp", &st));
	return arg;
}

/* Changes something of all threads while they make system calls. */
static void with_threads(void (*change)(void))
{
	pthread_t threads[4];
	size_t i;

	pthread_barrier_init(&barrier, NULL, ARRAY_SIZE(threads) + 1);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		MUST(pthread_create(&threads[i], NULL, call_often, NULL));
	pthread_barrier_wait(&barrier);
	change();
	pthread_barrier_wait(&barrier);
	for (i = 0; i < ARRAY_SIZE(threads); i++)
		MUST(pthread_join(threads[i], NULL));
}

static void tsync(void)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	MUST(syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER,
		     SECCOMP_FILTER_FLAG_TSYNC, &allow_all_prog));
}

static void seccomp_tsync(void)
{
	with_threads(tsync);
	puts("synchronised");
}

static void all_threads_setuid(void)
{
	/* glibc makes every thread call it. */
	MUST(setresgid(600, 600, 600) || setresuid(600, 600, 600));
}

static void threads_setuid(void)
{
	with_threads(all_threads_setuid);
	show_creds("threads");
}

static void session_to_parent(void *arg)
{
	(void)arg;
	MUST(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "twin") < 0);
	MUST(syscall(SYS_keyctl, KEYCTL_SESSION_TO_PARENT));
}

static void keyctl_twin(void)
{
	struct stat st;

	MUST(syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, "mine") < 0);
	/* A task_work commits the credential in this process. */
	child_must(session_to_parent, NULL);
	MUST(stat("/tmp", &st));
	puts("joined");
}

static void access_twin(void)
{
	write_file("/tmp/file", "x");
	MUST(chmod("/tmp/file", 0600));
	MUST(setresuid(1000, 0, 0));
	/* Overrides the subjective credential with one of the real ids. */
	printf("access %d\n", access("/tmp/file", R_OK));
	printf("eaccess %d\n", faccessat(AT_FDCWD, "/tmp/file", R_OK,
					 AT_EACCESS));
	MUST(access("/tmp", X_OK));
	show_creds("after");
}

const struct twin cred_twins[] = {
	{ "setuid-exec", setuid_exec },
	{ "filecap-exec", filecap_exec },
	{ "set-ids", set_ids },
	{ "capset", capset_twin },
	{ "seccomp", seccomp_twin },
	{ "seccomp-tsync", seccomp_tsync },
	{ "threads-setuid", threads_setuid },
	{ "keyctl", keyctl_twin },
	{ "access", access_twin },
	{ NULL, NULL },
};
