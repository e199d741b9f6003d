// SPDX-License-Identifier: GPL-2.0
/* Legitimate changes of credentials. */
#include <fcntl.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/keyctl.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <stdio.h>
#include <sys/fsuid.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "twin.h"

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

static void *threads_keyring(void *arg)
{
	/* A keyring of this thread alone needs a credential of its own. */
	MUST(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
		     KEY_SPEC_THREAD_KEYRING, 1) < 0);
	MUST(syscall(SYS_add_key, "user", "twin", "x", 1,
		     KEY_SPEC_THREAD_KEYRING) < 0);
	return arg;
}

static void keyrings(void)
{
	pthread_t thread;

	threads_keyring(NULL);
	MUST(pthread_create(&thread, NULL, threads_keyring, NULL));
	MUST(pthread_join(thread, NULL));
	MUST(syscall(SYS_keyctl, KEYCTL_GET_KEYRING_ID,
		     KEY_SPEC_PROCESS_KEYRING, 1) < 0);
	MUST(syscall(SYS_keyctl, KEYCTL_SET_REQKEY_KEYRING,
		     KEY_REQKEY_DEFL_PROCESS_KEYRING) < 0);
	/* Starts a helper of the kernel, with the key's keyring. */
	MUST(syscall(SYS_request_key, "user", "none", "info", 0) >= 0);
	MUST(setresuid(5, 6, 7));
	show_creds("keyrings");
	execl("/program", "/program", "=without", NULL);
	MUST("exec");
}

/* In a user namespace with many ids every list of groups is possible. */
static void many_ids(void *arg)
{
	const int *pipes = arg;
	gid_t groups[] = { 0, 5, 2000, 999 };

	MUST(unshare(CLONE_NEWUSER | CLONE_NEWNS));
	send_byte(pipes[1]);
	wait_byte(pipes[2]);
	MUST(setresgid(0, 0, 0) || setresuid(0, 0, 0));
	MUST(setgroups(ARRAY_SIZE(groups), groups));
	show_creds("mapped root");
	MUST(setgroups(1, groups + 2) || setresgid(1, 2, 3));
	MUST(setresuid(1, 2, 3));
	show_creds("others");
	execl("/program", "/program", "=executed", NULL);
	MUST("exec");
}

static void map_ids(pid_t pid, const char *what)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/%s", pid, what);
	write_file(path, "0 3000 1000\n1000 0 3000\n");
}

static void userns_groups(void)
{
	int pipes[4], status;
	pid_t pid;

	MUST(pipe(pipes) || pipe(pipes + 2));
	fflush(NULL);
	pid = fork();
	MUST(pid < 0);
	if (!pid)
		many_ids(pipes);
	wait_byte(pipes[0]);
	map_ids(pid, "uid_map");
	map_ids(pid, "gid_map");
	send_byte(pipes[3]);
	MUST(waitpid(pid, &status, 0) != pid || status);
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
	{ "threads-setuid", threads_setuid },
	{ "keyctl", keyctl_twin },
	{ "keyrings", keyrings },
	{ "userns-groups", userns_groups },
	{ "access", access_twin },
	{ NULL, NULL },
};
