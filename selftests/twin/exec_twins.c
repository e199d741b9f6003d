// SPDX-License-Identifier: GPL-2.0
/* Legitimate ways to execute a program, and to fail at it. */
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/securebits.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

static void exec_what(void *path)
{
	execl(path, path, "=executed", NULL);
	MUST("exec");
}

static void put_program(const char *path, const char *text, int mode)
{
	write_file(path, text);
	MUST(chmod(path, mode));
}

static void script(void)
{
	put_program("/tmp/script", "#!/program =script\n", 0755);
	child_must(exec_what, "/tmp/script");
	put_program("/tmp/by-script", "#!/tmp/script\n", 0755);
	child_must(exec_what, "/tmp/by-script");
	/* Its bits are of no account. */
	MUST(chown("/tmp/script", 77, 88) || chmod("/tmp/script", 06755));
	child_must(exec_as_user, "/tmp/script");
}

/* The interpreters that twins.c has registered, found by the file's ending. */
static void try_misc(void *path)
{
	execl(path, path, "=interpreted", NULL);
	if (errno == ENOEXEC)
		skip("no binfmt_misc");
	MUST("exec");
}

static void binfmt_misc(void)
{
	static const char *const files[] = {
		/* Opened in the container, or on the host when registered. */
		"/tmp/file.twin-plain", "/tmp/file.twin-fixed",
	};
	size_t i;

	for (i = 0; i < ARRAY_SIZE(files); i++) {
		put_program(files[i], "data\n", 0755);
		child_must(try_misc, (void *)files[i]);
	}
}

static void misc_as_user(void *path)
{
	become(1234);
	show_creds("before");
	try_misc(path);
}

/* The interpreter gets the credential that the file's bits ask for. */
static void binfmt_creds(void)
{
	put_program("/tmp/file.twin-creds", "data\n", 0755);
	MUST(chown("/tmp/file.twin-creds", 77, 88));
	MUST(chmod("/tmp/file.twin-creds", 06755));
	child_must(misc_as_user, "/tmp/file.twin-creds");
	MUST(chown("/tmp/file.twin-creds", 0, 0));
	MUST(chmod("/tmp/file.twin-creds", 04755));
	child_must(misc_as_user, "/tmp/file.twin-creds");
}

/* A user namespace may have interpreters of its own. */
static void own_misc(void *arg)
{
	(void)arg;
	own_namespaces(CLONE_NEWNS);
	make_dir("/tmp/misc");
	if (mount("binfmt_misc", "/tmp/misc", "binfmt_misc", 0, NULL))
		skip("no binfmt_misc in a user namespace");
	write_file("/tmp/misc/register", ":own:E::own::/program:FC");
	put_program("/tmp/file.own", "data\n", 0755);
	child_must(try_misc, "/tmp/file.own");
}

static void binfmt_own(void)
{
	child_must(own_misc, NULL);
}

/* Root with an empty permitted set gets back what the bounding set has. */
static void without_caps(void *arg)
{
	struct __user_cap_header_struct head = {
		.version = _LINUX_CAPABILITY_VERSION_3,
	};
	struct __user_cap_data_struct caps[2] = { 0 };

	MUST(prctl(PR_CAPBSET_DROP, CAP_KILL));
	MUST(syscall(SYS_capset, &head, caps));
	show_creds("without");
	exec_what(arg);
}

static void root_exec(void)
{
	child_must(without_caps, "/program");
}

static void no_new_privs(void *path)
{
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	without_caps(path);
}

static void user_no_new_privs(void *path)
{
	become(1234);
	MUST(prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0));
	exec_what(path);
}

static void nnp_exec(void)
{
	copy_program("/tmp/setuid");
	MUST(chmod("/tmp/setuid", 06755));
	child_must(no_new_privs, "/program");
	child_must(user_no_new_privs, "/tmp/setuid");
}

static void noroot(void *arg)
{
	MUST(prctl(PR_SET_SECUREBITS, *(int *)arg));
	exec_what("/program");
}

static void no_fixup(void *arg)
{
	(void)arg;
	MUST(prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP |
		   SECBIT_NO_SETUID_FIXUP_LOCKED | SECBIT_KEEP_CAPS_LOCKED));
	MUST(setresuid(61, 62, 63));
	show_creds("not fixed");
	exec_what("/program");
}

static void securebits(void)
{
	static int noroot_bits = SECBIT_NOROOT | SECBIT_NOROOT_LOCKED;
	static int keep_bits = SECBIT_KEEP_CAPS | SECBIT_NO_CAP_AMBIENT_RAISE;

	child_must(noroot, &noroot_bits);
	child_must(noroot, &keep_bits);
	child_must(no_fixup, NULL);
}

/* The calls are this thread's alone: the leader stays who it was. */
static void *exec_as_other(void *arg)
{
	MUST(syscall(SYS_setresgid, 81, 81, 81));
	MUST(syscall(SYS_setresuid, 81, 81, 81));
	MUST(syscall(SYS_unshare, CLONE_FS | CLONE_FILES));
	exec_what(arg);
	return NULL;
}

static void other_thread(void *arg)
{
	pthread_t thread;

	MUST(pthread_create(&thread, NULL, exec_as_other, arg));
	for (;;)
		pause();
}

static void thread_creds(void)
{
	child_must(other_thread, "/program");
}

static void spawn(short flags)
{
	static char *const argv[] = { "/program", "=spawned", NULL };
	posix_spawnattr_t attr;
	int status;
	pid_t pid;

	MUST(posix_spawnattr_init(&attr));
	MUST(posix_spawnattr_setflags(&attr, flags));
	fflush(NULL);
	MUST(posix_spawn(&pid, "/program", NULL, &attr, argv, NULL));
	MUST(waitpid(pid, &status, 0) != pid || status);
}

static void spawn_twin(void)
{
	spawn(0);
	MUST(setresgid(17, 0, 0) || setresuid(17, 0, 0));
	spawn(POSIX_SPAWN_SETSID);
	spawn(POSIX_SPAWN_RESETIDS);
}

static void failed(const char *path, int error)
{
	struct stat st;

	MUST(execl(path, path, NULL) != -1 || errno != error);
	MUST(stat("/tmp", &st));
}

static void failed_exec(void)
{
	put_program("/tmp/garbage", "neither this nor that\n", 0755);
	put_program("/tmp/lost", "#!/tmp/nowhere\n", 0755);
	put_program("/tmp/plain", "x", 0644);
	failed("/tmp/garbage", ENOEXEC);
	failed("/tmp/lost", ENOENT);
	failed("/tmp/plain", EACCES);
	failed("/tmp", EACCES);
	failed("/nowhere", ENOENT);
	show_creds("still");
}

/* Its segments fit nowhere, which is found out when there is no way back. */
static void break_program(const char *path)
{
	int i, fd = open(path, O_RDWR | O_CLOEXEC);
	Elf64_Ehdr head;
	Elf64_Phdr ph;

	MUST(fd < 0 || pread(fd, &head, sizeof(head), 0) != sizeof(head));
	for (i = 0; i < head.e_phnum; i++) {
		off_t at = head.e_phoff + i * sizeof(ph);

		MUST(pread(fd, &ph, sizeof(ph), at) != sizeof(ph));
		if (ph.p_type != PT_LOAD)
			continue;
		ph.p_vaddr += 1ULL << 60;
		MUST(pwrite(fd, &ph, sizeof(ph), at) != sizeof(ph));
	}
	close(fd);
}

static void late_failure(void)
{
	copy_program("/tmp/broken");
	MUST(chmod("/tmp/broken", 06755));
	break_program("/tmp/broken");
	MUST(in_child(exec_as_user, "/tmp/broken") != 128 + SIGSEGV);
	puts("killed by the kernel");
}

const struct twin exec_twins[] = {
	{ "script", script },
	{ "binfmt-misc", binfmt_misc },
	{ "binfmt-creds", binfmt_creds },
	{ "binfmt-own", binfmt_own },
	{ "root-exec", root_exec },
	{ "nnp-exec", nnp_exec },
	{ "securebits", securebits },
	{ "thread-creds", thread_creds },
	{ "spawn", spawn_twin },
	{ "failed-exec", failed_exec },
	{ "late-failure", late_failure },
	{ NULL, NULL },
};
