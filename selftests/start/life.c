// SPDX-License-Identifier: GPL-2.0
/* Containers that come to be in several steps, or come back. */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "shape.h"

#define SOME_NS (CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWNET)

static void say(struct member *member, const char *byte)
{
	if (write(member->fd, byte, 1) != 1)
		bail("tell the task");
}

/* A zygote is its container's root in all but name until it executes. */
static void without_exec(void)
{
	static const struct shape shape = { "a zygote", SOME_NS, ROOT_PIVOT };
	struct member member;
	struct view before;

	view_take(&before);
	member_start(&member, shape_linger, &shape);
	expect("without an exec", NONE, &before, &member, 0);
	say(&member, "2");
	ok(member_heard(&member), "it executes a program");
	expect("with an exec", CERTAIN, &before, &member, 0);
	ok(member_answers(&member) && !member_end(&member),
	   "the zygote ends well");
}

/*
 * The end of what CRIU's restorer does: void (*)(start, length, descriptor).
 * It unmaps the program, which must not be mapped when another takes its place,
 * and goes on as selftests/start/stay does.
 */
asm(".pushsection .rodata\n"
    "restorer:\n"
    "	mov	$11, %eax\n"		/* munmap(start, length) */
    "	syscall\n"
    "	mov	$157, %eax\n"		/* prctl(PR_SET_MM, */
    "	mov	$35, %edi\n"
    "	mov	$13, %esi\n"		/* PR_SET_MM_EXE_FILE, descriptor, */
    "	xor	%r10d, %r10d\n"		/* 0, 0) */
    "	xor	%r8d, %r8d\n"
    "	syscall\n"
    "	test	%eax, %eax\n"
    "	jnz	2f\n"
    "1:	mov	$1, %eax\n"		/* write(3, byte, 1) */
    "	mov	$3, %edi\n"
    "	mov	%rsp, %rsi\n"
    "	mov	$1, %edx\n"
    "	syscall\n"
    "	xor	%eax, %eax\n"		/* read(3, byte, 1) */
    "	syscall\n"
    "	cmp	$1, %eax\n"
    "	je	1b\n"
    "	xor	%edi, %edi\n"
    "2:	mov	$231, %eax\n"		/* exit_group() */
    "	syscall\n"
    "restorer_end:\n"
    ".popsection\n");
extern const char restorer[], restorer_end[];
/* The linker's. */
extern char __executable_start[], _end[];

static void restore(const void *arg)
{
	size_t size = restorer_end - restorer;
	void (*go)(char *start, size_t length, long fd);
	int fd;

	(void)arg;
	shape_enter(SOME_NS);
	fd = open(shape_root(ROOT_PIVOT), O_RDONLY | O_CLOEXEC);
	go = mmap(NULL, size, PROT_READ | PROT_WRITE | PROT_EXEC,
		  MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (fd < 0 || go == MAP_FAILED)
		_exit(93);
	memcpy(go, restorer, size);
	go(__executable_start, _end - __executable_start, fd);
}

static void restored(void)
{
	const struct seen *seen;
	struct member member;
	struct view before, after;
	int64_t id;

	view_take(&before);
	member_start(&member, restore, NULL);
	id = expect("restored without an exec", CERTAIN, &before, &member, 0);
	view_take(&after);
	seen = view_find(&after, id);
	ok(seen && seen->adopted, "its start was not seen");
	ok(member_answers(&member) && !member_end(&member),
	   "what was restored ends well");
}

static void run_hook(const char *program)
{
	int status;
	pid_t pid = fork();

	if (!pid) {
		execl(program, program, NULL);
		_exit(94);
	}
	if (pid < 0 || waitpid(pid, &status, 0) != pid || status)
		_exit(93);
}

/* As lxc with a pre-start hook, and a runtime with a startContainer hook. */
static void with_hooks(const void *arg)
{
	const char *program;

	(void)arg;
	shape_enter(SOME_NS);
	run_hook(shape_root(ROOT_HOST));
	program = shape_root(ROOT_PIVOT);
	run_hook(program);
	execl(program, program, NULL);
}

static void early_exec(void)
{
	struct member member;
	struct view before;
	int64_t hook, main;

	view_take(&before);
	member_start(&member, with_hooks, NULL);
	expect("a hook before the root is there", NONE, &before, &member, 0);
	say(&member, "x");
	ok(member_heard(&member), "the next hook runs");
	hook = expect("a hook with the root", CERTAIN, &before, &member, 0);
	say(&member, "x");
	ok(member_heard(&member), "the program runs");
	main = expect("the program after the hooks", CERTAIN, &before, &member,
		      0);
	diag("container %lld for the hook, %lld for the program",
	     (long long)hook, (long long)main);
	ok(member_answers(&member) && !member_end(&member),
	   "the container ends well");
}

/* Its mount namespace outlives a container. */
static void pinned(void)
{
	static const struct shape shape = { "a container", SOME_NS, ROOT_PIVOT };
	char pin[128], from[64], command[256];
	struct member member;
	struct view before;
	int64_t id;

	snprintf(pin, sizeof(pin), "%s/pin", names.base);
	put_file(pin, "", 0, 0644);
	view_take(&before);
	member_start(&member, shape_run, &shape);
	id = expect("to be pinned", CERTAIN, &before, &member, 0);
	snprintf(from, sizeof(from), "/proc/%d/ns/mnt", member.pid);
	if (mount(from, pin, NULL, MS_BIND, NULL))
		bail("pin %s", from);
	snprintf(command, sizeof(command), "/usr/bin/nsenter --mount=%s /%s",
		 pin, names.program);
	expect_run("by its pin while it lives", ENTERS, id, command);
	ok(!member_end(&member), "the container ends");

	/* What comes now is judged anew: it shares pids with the host, or not. */
	expect_run("by its pin after its end", AMBIGUOUS, 0, command);
	snprintf(command, sizeof(command), "/usr/bin/unshare --pid --fork "
		 "/usr/bin/nsenter --mount=%s /%s", pin, names.program);
	expect_run("by its pin, with pids of its own", CERTAIN, 0, command);
	if (umount2(pin, MNT_DETACH) || unlink(pin))
		bail("unpin");
}

static void in_base(char *path, size_t size, const char *name)
{
	snprintf(path, size, "%s/%s", names.base, name);
}

/* Who shares its root with the container's program has executed none. */
static void sharer(const void *arg)
{
	char go[128], done[128], byte;
	const char *program;
	int in, out;
	pid_t pid;

	(void)arg;
	in_base(go, sizeof(go), "go");
	in_base(done, sizeof(done), "done");
	in = open(go, O_RDWR);
	out = open(done, O_RDWR);
	shape_enter(SOME_NS);
	program = shape_root(ROOT_PIVOT);
	pid = syscall(SYS_clone, CLONE_FS | SIGCHLD, NULL, NULL, NULL, NULL);
	if (!pid) {
		execl(program, program, NULL);
		_exit(94);
	}
	if (pid < 0 || read(in, &byte, 1) != 1 || chroot("/deeper") ||
	    write(out, "1", 1) != 1 || waitpid(pid, NULL, 0) != pid)
		_exit(93);
	_exit(0);
}

static void shared_root(void)
{
	char go[128], done[128], deeper[128], byte;
	struct member member;
	struct view before;
	int in, out;

	in_base(go, sizeof(go), "go");
	in_base(done, sizeof(done), "done");
	in_base(deeper, sizeof(deeper), "deeper");
	if (mkfifo(go, 0600) || mkfifo(done, 0600) || mkdir(deeper, 0755))
		bail("fifos");
	out = open(go, O_RDWR | O_CLOEXEC);
	in = open(done, O_RDWR | O_CLOEXEC);

	view_take(&before);
	member_start(&member, sharer, NULL);
	expect("it shares its root with one outside", CERTAIN, &before,
	       &member, 0);
	if (write(out, "1", 1) != 1 || read(in, &byte, 1) != 1)
		bail("the sharer");
	ok(member_answers(&member) && !member_end(&member),
	   "which is moved by the other, and all is well");
	close(in);
	close(out);
	if (unlink(go) || unlink(done) || rmdir(deeper))
		bail("fifos");
}

/* All that the host needs of its root, on another file system. */
static void make_host_root(const char *path)
{
	static const char *const mounts[] = {
		"proc", "sys", "dev", "run", "tmp", "host",
	};
	char options[1024], to[160], from[16];
	size_t i;

	snprintf(options, sizeof(options),
		 "mkdir %s %s.upper %s.work && mount -t overlay -o "
		 "lowerdir=/,upperdir=%s.upper,workdir=%s.work overlay %s",
		 path, path, path, path, path, path);
	if (system(options))
		bail("%s", options);
	for (i = 0; i < ARRAY_SIZE(mounts); i++) {
		snprintf(from, sizeof(from), "/%s", mounts[i]);
		snprintf(to, sizeof(to), "%s/%s", path, mounts[i]);
		if (mount(from, to, NULL, MS_BIND | MS_REC, NULL))
			bail("%s to %s", from, to);
	}
}

static void pivot(const char *root, const char *old)
{
	if (syscall(SYS_pivot_root, root, old) || chdir("/"))
		bail("pivot_root to %s", root);
}

/* As after switch_root: what counts is pid 1's root of this moment. */
static void host_root_moves(void)
{
	static const struct shape here = {
		"unshare -m with the host's root", CLONE_NEWNS, ROOT_HOST
	}, there = {
		"a container on the host's old root", SOME_NS, ROOT_OLD
	};
	char root[128], old[160], command[512];

	in_base(root, sizeof(root), "root");
	make_host_root(root);
	snprintf(old, sizeof(old), "%s/mnt", root);
	pivot(root, old);
	shape_try(&here, NONE);
	shape_try(&there, CERTAIN);
	snprintf(old, sizeof(old), "/mnt%s", root);
	pivot("/mnt", old);
	if (umount2(root, MNT_DETACH))
		bail("%s", root);
	snprintf(command, sizeof(command), "rm -r %s %s.upper %s.work", root,
		 root, root);
	if (system(command))
		bail("%s", command);
	shape_try(&here, NONE);
}

void test_lives(void)
{
	without_exec();
	restored();
	early_exec();
	pinned();
	shared_root();
	host_root_moves();
}
