// SPDX-License-Identifier: GPL-2.0
/* Legitimate changes of the root and of what is mounted. */
#include <fcntl.h>
#include <linux/mount.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "twin.h"

/* <sys/mount.h> and <linux/mount.h> do not go together in every libc. */
int mount(const char *source, const char *target, const char *type,
	  unsigned long flags, const void *data);
int umount2(const char *target, int flags);
#define MNT_DETACH 2

static void show_dir(const char *what)
{
	struct stat st;
	char cwd[256];

	MUST(stat("/", &st));
	printf("%s: cwd %s, new root %d\n", what,
	       getcwd(cwd, sizeof(cwd)) ? cwd : "?",
	       access("/program", F_OK) != 0);
	fflush(stdout);
}

static void chdir_twin(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	make_dir("/tmp/a");
	make_dir("/tmp/a/b");
	MUST(chdir("/tmp/a"));
	show_dir("chdir");
	MUST(chdir("b"));
	show_dir("relative");
	MUST(fchdir(fd));
	show_dir("fchdir");
}

static void chroot_twin(void)
{
	int fd = open("/", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	make_dir("/tmp/new");
	MUST(chroot("/tmp/new"));
	show_dir("chroot");
	MUST(chdir("/"));
	show_dir("inside");
	/* And out again, by a descriptor from before. */
	MUST(fchdir(fd) || chroot("."));
	show_dir("back");
}

static int chroot_thread(void *arg)
{
	(void)arg;
	return chroot("/tmp/new") || chdir("/");
}

static void clone_fs(void)
{
	static char stack[65536] __attribute__((aligned(16)));
	int status;
	pid_t pid;

	make_dir("/tmp/new");
	pid = clone(chroot_thread, stack + sizeof(stack),
		    CLONE_FS | CLONE_VM | SIGCHLD, NULL);
	MUST(pid < 0);
	MUST(waitpid(pid, &status, 0) != pid || status);
	/* The child's root is ours. */
	show_dir("moved");
	MUST(unshare(CLONE_FS));
	show_dir("on our own");
}

/* The old root is kept in a folder and then let go. */
static void pivot(void *arg)
{
	(void)arg;
	own_namespaces(CLONE_NEWNS);
	make_dir("/tmp/new");
	MUST(mount("tmpfs", "/tmp/new", "tmpfs", 0, NULL));
	MUST(chdir("/tmp/new"));
	make_dir("old");
	MUST(syscall(SYS_pivot_root, ".", "old"));
	show_dir("pivoted");
	MUST(chdir("/") || umount2("/old", MNT_DETACH));
	show_dir("detached");
}

/* As runtimes do it: the two lie on top of each other. */
static void pivot_dot(void *arg)
{
	(void)arg;
	own_namespaces(CLONE_NEWNS);
	make_dir("/tmp/dot");
	MUST(mount("tmpfs", "/tmp/dot", "tmpfs", 0, NULL));
	MUST(chdir("/tmp/dot") || syscall(SYS_pivot_root, ".", "."));
	MUST(umount2(".", MNT_DETACH));
	show_dir("pivoted");
}

static void wait_inside(void *arg)
{
	int *pipes = arg;

	send_byte(pipes[1]);
	wait_byte(pipes[2]);
	show_dir("another's");
}

/* pivot_root() moves every task that had the old root. */
static void pivot_with_child(void *arg)
{
	int pipes[4], status;
	pid_t pid;

	(void)arg;
	own_namespaces(CLONE_NEWNS);
	MUST(pipe(pipes) || pipe(pipes + 2));
	fflush(NULL);
	pid = fork();
	MUST(pid < 0);
	if (!pid) {
		wait_inside(pipes);
		_exit(0);
	}
	wait_byte(pipes[0]);
	make_dir("/tmp/both");
	MUST(mount("tmpfs", "/tmp/both", "tmpfs", 0, NULL));
	MUST(chdir("/tmp/both"));
	make_dir("old");
	MUST(syscall(SYS_pivot_root, ".", "old"));
	send_byte(pipes[3]);
	MUST(waitpid(pid, &status, 0) != pid || status);
}

static void pivot_twin(void)
{
	child_must(pivot, NULL);
	child_must(pivot_dot, NULL);
	child_must(pivot_with_child, NULL);
}

/* A root that was never attached to any mount namespace. */
static void detached(void *arg)
{
	int fs, mnt;

	(void)arg;
	own_namespaces(CLONE_NEWNS);
	fs = syscall(SYS_fsopen, "tmpfs", FSOPEN_CLOEXEC);
	MUST(fs < 0);
	MUST(syscall(SYS_fsconfig, fs, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
	mnt = syscall(SYS_fsmount, fs, FSMOUNT_CLOEXEC, 0);
	MUST(mnt < 0);
	MUST(fchdir(mnt));
	MUST(chroot("."));
	MUST(mkdir("/there", 0755));
	show_dir("detached");
}

/* A copy of what is mounted, first as no one's and then mounted itself. */
static void tree(void *arg)
{
	int at, fd;

	(void)arg;
	own_namespaces(CLONE_NEWNS);
	make_dir("/tmp/tree");
	at = open("/tmp/tree", O_PATH | O_CLOEXEC);
	fd = syscall(SYS_open_tree, AT_FDCWD, "/", OPEN_TREE_CLONE |
		     OPEN_TREE_CLOEXEC | AT_RECURSIVE);
	MUST(fd < 0 || fchdir(fd) || chroot("."));
	show_dir("no one's");
	MUST(syscall(SYS_move_mount, fd, "", at, "", MOVE_MOUNT_F_EMPTY_PATH |
		     MOVE_MOUNT_T_EMPTY_PATH));
	show_dir("mounted");
	MUST(unshare(CLONE_NEWNS));
	show_dir("copied");
}

static void tree_twin(void)
{
	child_must(tree, NULL);
}

static void detached_twin(void)
{
	child_must(detached, NULL);
}

static void overlay(void *arg)
{
	int fd;

	(void)arg;
	own_namespaces(CLONE_NEWNS);
	MUST(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
	make_dir("/tmp/lower");
	make_dir("/tmp/upper");
	make_dir("/tmp/work");
	make_dir("/tmp/merged");
	write_file("/tmp/lower/file", "lower");
	MUST(mount("overlay", "/tmp/merged", "overlay", 0,
		   "lowerdir=/tmp/lower,upperdir=/tmp/upper,"
		   "workdir=/tmp/work,userxattr"));
	/* Copying up acts with the credential of who mounted it. */
	fd = open("/tmp/merged/file", O_RDWR | O_APPEND | O_CLOEXEC);
	MUST(fd < 0 || write(fd, "more", 4) != 4 || close(fd));
	MUST(rename("/tmp/merged/file", "/tmp/merged/moved"));
	MUST(mkdir("/tmp/merged/dir", 0700) || unlink("/tmp/merged/moved"));
	puts("copied up");
}

static void overlay_twin(void)
{
	child_must(overlay, NULL);
}

static void bind(void *arg)
{
	(void)arg;
	own_namespaces(CLONE_NEWNS | CLONE_NEWPID);
	make_dir("/tmp/bind");
	MUST(mount("/share", "/tmp/bind", NULL, MS_BIND, NULL));
	MUST(access("/tmp/bind", X_OK));
	MUST(umount2("/tmp/bind", MNT_DETACH));
	puts("bound");
}

static void bind_twin(void)
{
	child_must(bind, NULL);
}

const struct twin fs_twins[] = {
	{ "chdir", chdir_twin },
	{ "chroot", chroot_twin },
	{ "clone-fs", clone_fs },
	{ "pivot-root", pivot_twin },
	{ "detached-root", detached_twin },
	{ "open-tree", tree_twin },
	{ "overlay", overlay_twin },
	{ "bind-mount", bind_twin },
	{ NULL, NULL },
};
