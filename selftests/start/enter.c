// SPDX-License-Identifier: GPL-2.0
/* What an administrator executes in a container that runs, or beside it. */
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "common/tap.h"
#include "common/util.h"
#include "shape.h"

#define ALL_NS (CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID | \
		CLONE_NEWNET | CLONE_NEWCGROUP)
#define NSENTER "/usr/bin/nsenter --preserve-credentials -t %d "

static const struct way {
	const char *options;
	enum verdict verdict;
	/* Where its program is: the container's root or the host's. */
	bool inside;
} ways[] = {
	{ "-a", ENTERS, true },
	{ "-m", ENTERS, true },
	{ "-m -p", ENTERS, true },
	{ "-m -u -i -n -p", ENTERS, true },
	{ "-n", NONE, false },
	{ "-p", NONE, false },
	{ "-n -p", NONE, false },
	{ "-u -i -n -C", NONE, false },
	/* Its root is the container's, its mount namespace the host's. */
	{ "-p -r", NONE, true },
}, user_ways[] = {
	{ "-a", ENTERS, true },
	{ "-U -m", ENTERS, true },
	{ "-m", ENTERS, true },
	{ "-U", NONE, false },
	{ "-U -n -p", NONE, false },
}, service_ways[] = {
	/* Its mount namespace has the host's root, and who has that is outside. */
	{ "-m", NONE, false },
	{ "-m -r", ENTERS, true },
	{ "-n", NONE, false },
};

static void try_ways(const struct shape *shape, enum verdict verdict,
		     const struct way *way, size_t count)
{
	char what[128], command[256];
	struct member resident;
	struct view before;
	int64_t id;

	view_take(&before);
	member_start(&resident, shape_run, shape);
	id = expect(shape->name, verdict, &before, &resident, 0);
	for (; count--; way++) {
		snprintf(what, sizeof(what), "%s: nsenter %s", shape->name,
			 way->options);
		snprintf(command, sizeof(command), NSENTER "%s %s/%s",
			 resident.pid, way->options,
			 way->inside ? "" : names.base, names.program);
		expect_run(what, way->verdict, id, command);
	}
	ok(member_answers(&resident) && !member_end(&resident),
	   "%s: lives on and ends well", shape->name);
}

/* Into a mount namespace that a task of the container has made. */
static void try_unshared(void)
{
	static const struct shape shape = {
		"with a second mount namespace", ALL_NS, ROOT_PIVOT
	};
	struct member resident, second;
	struct view before;
	char command[256];
	int64_t id;

	view_take(&before);
	member_start(&resident, shape_run, &shape);
	id = expect(shape.name, CERTAIN, &before, &resident, 0);

	view_take(&before);
	member_run(&second, NSENTER "-a /%s unshare", resident.pid,
		   names.program);
	expect("it makes another mount namespace", ENTERS, &before, &second,
	       id);
	ok(ns_inode(second.pid, "mnt") != ns_inode(resident.pid, "mnt"),
	   "which is another");
	snprintf(command, sizeof(command), NSENTER "-m /%s", second.pid,
		 names.program);
	expect_run("nsenter -m to that", ENTERS, id, command);
	ok(!member_end(&second), "the second ends well");
	ok(member_answers(&resident) && !member_end(&resident),
	   "the first lives on and ends well");
}

/* In a directory of the host's, which an administrator means if he says so. */
static void try_working_directory(void)
{
	static const struct shape shape = {
		"for a directory of the host's", ALL_NS, ROOT_PIVOT
	};
	struct member resident;
	struct view before;
	char command[256];
	int64_t id;

	view_take(&before);
	member_start(&resident, shape_run, &shape);
	id = expect(shape.name, CERTAIN, &before, &resident, 0);
	snprintf(command, sizeof(command), NSENTER "-m -p --wd=/ /%s roam",
		 resident.pid, names.program);
	expect_run("nsenter -m -p --wd=/, which goes about", ENTERS, id,
		   command);
	ok(member_answers(&resident) && !member_end(&resident),
	   "%s: lives on and ends well", shape.name);
}

#define USER 1000

/* In the mount namespace of a process, in another root: a program. */
static void execute_beside(pid_t pid, bool as_user)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/mnt", pid);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || setns(fd, CLONE_NEWNS))
		return;
	if (as_user && (setresgid(USER, USER, USER) ||
			setresuid(USER, USER, USER) || unshare(CLONE_NEWUSER)))
		return;
	if (chroot(names.subdir) || chdir("/"))
		return;
	snprintf(path, sizeof(path), "/%s", names.program);
	execl(path, names.program, NULL);
}

static void worker_beside(const void *pid)
{
	execute_beside(*(const pid_t *)pid, false);
}

static void user_beside(const void *pid)
{
	execute_beside(*(const pid_t *)pid, true);
}

/* What a service starts in a chroot is its own, whoever has made a container there. */
static void try_user_in_service(void)
{
	static const struct shape shape = {
		"a service with a /tmp of its own", CLONE_NEWNS, ROOT_TMP
	};
	struct member service, user, worker;
	struct view before;

	view_take(&before);
	member_start(&service, shape_run, &shape);
	expect(shape.name, NONE, &before, &service, 0);
	view_take(&before);
	member_start(&user, user_beside, &service.pid);
	expect("a user's container in there", CERTAIN, &before, &user, 0);
	view_take(&before);
	member_start(&worker, worker_beside, &service.pid);
	expect("a chroot of the service", AMBIGUOUS, &before, &worker, 0);
	ok(!member_end(&worker), "the chroot ends well");
	ok(!member_end(&user), "the user's container ends well");
	ok(member_answers(&service) && !member_end(&service),
	   "the service lives on and ends well");
}

void test_entering(void)
{
	static const struct shape docker = {
		"a container", ALL_NS, ROOT_PIVOT
	}, user = {
		"a container with a user namespace", CLONE_NEWUSER | ALL_NS,
		ROOT_PIVOT
	}, service = {
		"a service", CLONE_NEWNS, ROOT_SUBDIR
	};

	try_ways(&docker, CERTAIN, ways, ARRAY_SIZE(ways));
	try_ways(&user, CERTAIN, user_ways, ARRAY_SIZE(user_ways));
	try_ways(&service, AMBIGUOUS, service_ways, ARRAY_SIZE(service_ways));
	try_unshared();
	try_working_directory();
	try_user_in_service();
}
