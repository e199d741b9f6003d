// SPDX-License-Identifier: GPL-2.0
/* The start rule over all shapes that a task can have when it executes. */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "shape.h"

#define ALL_NS (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | \
		CLONE_NEWNET | CLONE_NEWCGROUP)

static const struct {
	struct shape shape;
	enum verdict verdict;
} table[] = {
	{ { "a program", 0, ROOT_HOST }, NONE },
	{ { "unshare -r", CLONE_NEWUSER, ROOT_HOST }, NONE },
	{ { "unshare -n", CLONE_NEWNET, ROOT_HOST }, NONE },
	{ { "unshare -p", CLONE_NEWPID, ROOT_HOST }, NONE },
	/* C2 without C1, with and without C3. */
	{ { "a rescue chroot", 0, ROOT_SUBDIR }, NONE },
	{ { "a chroot on another disk", 0, ROOT_CHROOT }, NONE },
	{ { "fakechroot", CLONE_NEWUSER, ROOT_CHROOT }, NONE },
	{ { "a chroot with pids of its own", CLONE_NEWPID, ROOT_SUBDIR }, NONE },
	{ { "all of it but mounts", ALL_NS & ~CLONE_NEWNS, ROOT_CHROOT }, NONE },
	/* C1 without C2. */
	{ { "unshare -m", CLONE_NEWNS, ROOT_HOST }, NONE },
	{ { "ip netns exec", CLONE_NEWNS | CLONE_NEWNET, ROOT_HOST }, NONE },
	{ { "ProtectSystem= and PrivateTmp=", CLONE_NEWNS, ROOT_TMP }, NONE },
	{ { "toolbox", CLONE_NEWNS, ROOT_BIND }, NONE },
	/* C1 and C3 without C2. */
	{ { "unshare -mpf", CLONE_NEWNS | CLONE_NEWPID, ROOT_HOST }, NONE },
	{ { "podman's pause", CLONE_NEWUSER | CLONE_NEWNS, ROOT_HOST }, NONE },
	{ { "slirp4netns", CLONE_NEWUSER | CLONE_NEWNS | CLONE_NEWNET,
	    ROOT_HOST }, NONE },
	{ { "unshare of everything", CLONE_NEWUSER | ALL_NS, ROOT_HOST }, NONE },
	{ { "bwrap --bind / /", CLONE_NEWUSER | CLONE_NEWNS, ROOT_BIND_PIVOT },
	  NONE },
	{ { "bwrap --unshare-all --bind / /", CLONE_NEWUSER | ALL_NS,
	    ROOT_BIND_PIVOT }, NONE },
	{ { "toolbox with pids of its own", CLONE_NEWNS | CLONE_NEWPID,
	    ROOT_BIND }, NONE },
	/* C1 and C2 without C3. */
	{ { "RootDirectory=", CLONE_NEWNS, ROOT_SUBDIR }, AMBIGUOUS },
	{ { "RootImage=", CLONE_NEWNS, ROOT_PIVOT }, AMBIGUOUS },
	{ { "schroot", CLONE_NEWNS | CLONE_NEWIPC, ROOT_CHROOT }, AMBIGUOUS },
	{ { "--pid=host --userns=host", ALL_NS & ~CLONE_NEWPID, ROOT_PIVOT },
	  AMBIGUOUS },
	/* All three. */
	{ { "docker run", ALL_NS, ROOT_PIVOT }, CERTAIN },
	{ { "lxc on the host's file system", ALL_NS, ROOT_SUBDIR }, CERTAIN },
	{ { "unshare -mpf and chroot", CLONE_NEWNS | CLONE_NEWPID,
	    ROOT_CHROOT }, CERTAIN },
	{ { "--userns and --pid=host", CLONE_NEWUSER |
	    (ALL_NS & ~CLONE_NEWPID), ROOT_PIVOT }, CERTAIN },
	{ { "bwrap", CLONE_NEWUSER | CLONE_NEWNS, ROOT_PIVOT }, CERTAIN },
	{ { "unshare -Urm and chroot", CLONE_NEWUSER | CLONE_NEWNS,
	    ROOT_SUBDIR }, CERTAIN },
	{ { "rootless podman", CLONE_NEWUSER | ALL_NS, ROOT_PIVOT }, CERTAIN },
};

/* In a case's process there is nobody to report to but the exit status. */
#define MUST(bad) do { \
	if (bad) { \
		perror(#bad); \
		_exit(96); \
	} \
} while (0)

void shape_enter(int flags)
{
	int status;
	pid_t pid;

	MUST(unshare(flags));
	if (flags & CLONE_NEWUSER)
		MUST(write_text("/proc/self/setgroups", "deny") ||
		     write_text("/proc/self/uid_map", "0 0 1") ||
		     write_text("/proc/self/gid_map", "0 0 1"));
	if (flags & CLONE_NEWNS)
		MUST(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	if (!(flags & CLONE_NEWPID))
		return;
	pid = fork();
	MUST(pid < 0);
	if (!pid)
		return;
	MUST(waitpid(pid, &status, 0) != pid);
	_exit(WIFEXITED(status) ? WEXITSTATUS(status) : 95);
}

static void pivot_to(const char *path)
{
	MUST(chdir(path) || syscall(SYS_pivot_root, ".", "."));
	MUST(umount2(".", MNT_DETACH) || chdir("/"));
}

const char *shape_root(enum root root)
{
	static char on_host[128], inside[64];

	snprintf(on_host, sizeof(on_host), "%s/%s", names.base, names.program);
	snprintf(inside, sizeof(inside), "/%s", names.program);
	switch (root) {
	case ROOT_HOST:
		return on_host;
	case ROOT_TMP:
		MUST(mount("tmpfs", "/tmp", "tmpfs", 0, NULL));
		MUST(mount(NULL, "/", NULL, MS_BIND | MS_REMOUNT | MS_RDONLY |
			   MS_NOATIME, NULL));
		return on_host;
	case ROOT_SUBDIR:
		MUST(chroot(names.subdir) || chdir("/"));
		return inside;
	case ROOT_CHROOT:
		MUST(chroot(names.base) || chdir("/"));
		return inside;
	case ROOT_PIVOT:
		MUST(mount(names.base, names.base, NULL, MS_BIND | MS_REC,
			   NULL));
		pivot_to(names.base);
		return inside;
	case ROOT_BIND:
	case ROOT_BIND_PIVOT:
		MUST(mount("/", names.subdir, NULL, MS_BIND | MS_REC, NULL));
		if (root == ROOT_BIND)
			MUST(chroot(names.subdir) || chdir("/"));
		else
			pivot_to(names.subdir);
		return on_host;
	case ROOT_HELD:
		MUST(mount(names.base, names.base, NULL, MS_BIND | MS_REC,
			   NULL));
		MUST(chdir(names.base));
		MUST(mkdir("host", 0755) && errno != EEXIST);
		MUST(mount("/", "host", NULL, MS_BIND | MS_REC, NULL));
		pivot_to(names.base);
		MUST(chroot("/host") || chdir("/"));
		return on_host;
	case ROOT_OLD:
		MUST(chroot("/mnt") || chdir("/"));
		return on_host;
	}
	abort();
}

void shape_run(const void *arg)
{
	const struct shape *shape = arg;
	const char *program;

	shape_enter(shape->flags);
	program = shape_root(shape->root);
	execl(program, program, NULL);
}

void shape_linger(const void *arg)
{
	const struct shape *shape = arg;
	const char *program;
	char byte;

	shape_enter(shape->flags);
	program = shape_root(shape->root);
	MUST(write(3, "1", 1) != 1 || read(3, &byte, 1) != 1);
	execl(program, program, NULL);
}

void shape_try(const struct shape *shape, enum verdict verdict)
{
	struct view before, after;
	struct member member;

	view_take(&before);
	member_start(&member, shape_run, shape);
	expect(shape->name, verdict, &before, &member, 0);
	ok(member_answers(&member) && !member_end(&member),
	   "%s: lives and ends well", shape->name);
	view_take(&after);
	if (!ok(after.count == before.count && after.tasks == before.tasks,
		"%s: nothing is left of it", shape->name))
		view_show(&after);
}

/*
 * A container that runs when the module is loaded.  Who waits for a first process has
 * its mount namespace, and its root after pivot_root(), but is none of its processes.
 */
static const struct seen *adopted(const struct view *view,
				  const struct member *member)
{
	int64_t mnt_ns = ns_inode(member->pid, "mnt");
	int64_t pid_ns = ns_inode(member->pid, "pid");
	int i;

	for (i = 0; i < view->count; i++)
		if (view->seen[i].mnt_ns == mnt_ns &&
		    view->seen[i].pid_ns == pid_ns)
			return &view->seen[i];
	return NULL;
}

static void check_adopted(const struct shape *shape, enum verdict verdict,
			  const struct view *view, struct member *member)
{
	const struct seen *seen = adopted(view, member);
	bool right = verdict == NONE ? !seen :
		     seen && seen->adopted && seen->tasks == 1 &&
		     seen->certain == (verdict == CERTAIN);

	if (!ok(right, "%s, adopted: %s", shape->name, verdict == NONE ?
		"is no container" : verdict == CERTAIN ? "is one" :
		"is one, ambiguous"))
		view_show(view);
	ok(member_answers(member) && !member_end(member),
	   "%s, adopted: lives and ends well", shape->name);
}

/* All that run already when the module is loaded; it is loaded again for that. */
void test_adoption(void)
{
	/* With the host's root in a directory, which is the program's root. */
	static const struct shape held = {
		"docker run -v /:/host, in there", ALL_NS, ROOT_HELD
	};
	struct member members[ARRAY_SIZE(table)], holder;
	struct view view;
	size_t i;

	ok(guard_stop(GUARD_ENFORCE), "the guard unloads");
	for (i = 0; i < ARRAY_SIZE(table); i++)
		member_start(&members[i], shape_run, &table[i].shape);
	member_start(&holder, shape_run, &held);
	guard_start(GUARD_ENFORCE);
	view_take(&view);
	for (i = 0; i < ARRAY_SIZE(table); i++)
		check_adopted(&table[i].shape, table[i].verdict, &view,
			      &members[i]);
	check_adopted(&held, CERTAIN, &view, &holder);
}

void test_shapes(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(table); i++)
		shape_try(&table[i].shape, table[i].verdict);
}
