// SPDX-License-Identifier: GPL-2.0
/*
 * Namespaces that are neither the container's nor those of the host's pid 1:
 *
 *	neighbours none|audit|enforce
 *
 * Another container's, and those of a service of the host, are as foreign, by
 * setns() with a descriptor that was leaked and by a call of the kernel's own
 * function; so is the root of one, which a container's task may not move either.  A
 * container that has outgrown what is remembered of it is given the benefit of the
 * doubt, but not for what is the host's.  What the kernel refuses by itself is no incident, nor is it a way into
 * a user namespace below one's own, which gives no right over anything of the host.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "attack/enterer.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

#define ENTERER	"/nsguard/tests/attack/enterer"
#define SHARE	"/host/neighbours"
#define ROOT	"/host/service"
/* All that a service has for itself: of its set nothing is pid 1's. */
#define SET	(CLONE_NEWNET | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWNS | \
		 CLONE_NEWCGROUP | CLONE_NEWPID)
/* More than are remembered of one container, and the limit of a user for those. */
#define HOARD		"4200"
#define USER_LIMIT	"/proc/sys/user/max_uts_namespaces"

enum whose { INIT, SERVICE, USER, NEIGHBOUR, NR_WHOSE };

/**
 * struct entrance - a way into a namespace
 * @desc: for the results
 * @whose: of whom it is
 * @file: in /proc/PID/ns
 * @type: CLONE_NEW*
 * @uid: as which user
 * @error: of the kernel
 * @foreign: nobody of the container may enter
 */
static const struct entrance {
	const char *desc;
	enum whose whose;
	const char *file;
	int type;
	int uid;
	int error;
	bool foreign;
} entrances[] = {
	{ "another container's network", NEIGHBOUR, "net", CLONE_NEWNET, 0, 0,
	  true },
	{ "another container's user namespace", NEIGHBOUR, "user",
	  CLONE_NEWUSER, 0, 0, true },
	{ "a service's network", SERVICE, "net", CLONE_NEWNET, 0, 0, true },
	{ "a user's namespace", USER, "user", CLONE_NEWUSER, 0, 0, false },
	{ "the host's mounts, by who may not", INIT, "mnt", CLONE_NEWNS, 1000,
	  EPERM, false },
	{ "the host's process namespace, from below", INIT, "pid",
	  CLONE_NEWPID, 0, EINVAL, false },
};

static pid_t pids[NR_WHOSE] = { [INIT] = 1 };
static struct container neighbour;
static struct monitor monitor;
static enum guard guard;
static int fixture;

static void create(struct container *c, char *const *argv)
{
	*c = (struct container){
		.kind = CONTAINER_PRIVILEGED,
		.share = SHARE,
		.program = ENTERER,
		.argv = argv,
		.out = -1,
	};
	container_create(c);
}

static bool moved(pid_t pid, const char *file)
{
	int64_t limit = now_ms() + 30000;

	while (ns_inode(pid, file) == ns_inode(1, file)) {
		if (now_ms() > limit)
			return false;
		usleep(1000);
	}
	return true;
}

/* A process of the host, which has a namespace for itself and is no container. */
static pid_t start_process(int flags, const char *file, const char *root)
{
	pid_t pid = fork();

	if (!pid) {
		if (chroot(root) || unshare(flags))
			_exit(1);
		for (;;)
			pause();
	}
	if (pid < 0 || !moved(pid, file))
		bail("a process of the host");
	return pid;
}

static void start_all(void)
{
	static char *const argv[] = { (char *)"/program", (char *)"wait", NULL };

	fflush(NULL);
	pids[SERVICE] = start_process(SET, "net", ROOT);
	pids[USER] = start_process(CLONE_NEWUSER, "user", "/");
	create(&neighbour, argv);
	container_go(&neighbour);
	pids[NEIGHBOUR] = neighbour.pid;
	if (!moved(neighbour.pid, "user"))
		bail("the other container");
}

static void stop_all(void)
{
	int i;

	for (i = SERVICE; i < NR_WHOSE; i++)
		kill(pids[i], SIGKILL);
	waitpid(pids[SERVICE], NULL, 0);
	waitpid(pids[USER], NULL, 0);
	container_wait(&neighbour);
}

/* It goes along into the container. */
static void leak(pid_t pid, const char *file)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/ns/%s", pid, file);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, ENTERER_FD) != ENTERER_FD)
		bail("%s", path);
	close(fd);
}

static int run_enterer(const char *what, int number)
{
	char text[16];
	char *const argv[] = { (char *)"/program", (char *)what, text, NULL };
	struct container c;

	snprintf(text, sizeof(text), "%d", number);
	create(&c, argv);
	close(ENTERER_FD);
	container_go(&c);
	return container_wait(&c);
}

static int64_t events(void)
{
	return guard == GUARD_NONE ? 0 : guard_counter("events");
}

static void judge_rule(const char *desc, const char *want)
{
	static char event[65536];
	char rule[32] = "";

	if (!ok(monitor_next(&monitor, event, sizeof(event), 10000),
		"%s: the event arrives", desc))
		return;
	json_string(event, "rule", rule, sizeof(rule));
	ok(!strcmp(rule, want), "%s: its rule (%s)", desc, rule);
}

static void judge(const char *desc, int status, int error, bool foreign,
		  int64_t before)
{
	bool told = foreign && guard != GUARD_NONE;

	if (foreign && guard == GUARD_ENFORCE)
		ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		   "%s: killed (%x)", desc, status);
	else
		ok(WIFEXITED(status) && WEXITSTATUS(status) == error,
		   "%s: %s (%x)", desc, error ? strerror(error) : "works",
		   status);
	ok(events() - before == told, "%s: %d events (%lld)", desc, told,
	   (long long)(events() - before));
	if (told)
		judge_rule(desc, "ns-foreign");
}

static void enter(const struct entrance *e)
{
	int64_t before = events();
	char type[16];

	snprintf(type, sizeof(type), "%d", e->type);
	leak(pids[e->whose], e->file);
	judge(e->desc, run_enterer(type, e->uid), e->error, e->foreign, before);
}

static void hoard(void)
{
	int64_t before = events();

	write_text(USER_LIMIT, "100000");
	judge("back to one of thousands", run_enterer("hoard", atoi(HOARD)), 0,
	      false, before);
	if (guard != GUARD_NONE)
		ok(guard_counter("lineage_full") > 0, "not all are remembered");
	leak(1, "uts");
	judge("the host's, after thousands", run_enterer("hoard", atoi(HOARD)),
	      0, true, before);
}

/* Nothing has prepared that set, and all that is in it is nobody's container's. */
static bool set_of_service(pid_t attacker)
{
	return ns_inode(attacker, "net") == ns_inode(pids[SERVICE], "net");
}

/* It has been moved to where the container's is. */
static bool root_of_service(pid_t attacker)
{
	struct stat st[2];
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root", pids[SERVICE]);
	if (stat(path, &st[0]) || stat(ROOT, &st[1]))
		bail("%s", path);
	(void)attacker;
	return st[0].st_ino != st[1].st_ino || st[0].st_dev != st[1].st_dev;
}

static void by_call(const char *desc, const char *name,
		    bool (*works)(pid_t attacker))
{
	const struct technique *t = technique_find(name);
	struct fixture_counts counts;
	static struct cell cell;
	__u64 shots;
	bool effect;

	cell_prepare(&cell, t, CONTAINER_PRIVILEGED, SHOOTER_NOW);
	cell.recipe.shot.value = pids[SERVICE];
	cell.recipe.shot.flags |= FIXTURE_F_LINGER;
	cell.recipe.use = USE_NONE;
	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &counts))
		bail("counts");
	cell_start(&cell, guard);
	shots = counts.fired + 1;
	if (ioctl(fixture, FIXTURE_IOC_WAIT_SHOTS, &shots))
		bail("wait for the shot");
	effect = works(cell.container.pid);
	ioctl(fixture, FIXTURE_IOC_LET_GO);
	cell_finish(&cell, guard);
	ok(effect == (guard != GUARD_ENFORCE), "%s: %s", desc,
	   effect ? "works" : "no effect");
	ok(cell_killed(&cell) == (guard == GUARD_ENFORCE),
	   "%s: the attacker (%x)", desc, cell.status);
	ok(cell.events == (guard != GUARD_NONE), "%s: events (%lld)", desc,
	   (long long)cell.events);
	if (guard != GUARD_NONE)
		judge_rule(desc, t->rule);
	witness_stop(&cell.witness);
	fixture_balance(fixture, guard);
}

int main(int argc, char **argv)
{
	size_t i;

	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	if (guard == GUARD_OFF)
		bail("none, audit or enforce");
	if (mkdir(SHARE, 0755) || mkdir(ROOT, 0755))
		bail(SHARE);
	fixture_start();
	fixture = fixture_open();
	guard_start(guard);
	if (guard != GUARD_NONE)
		monitor_start(&monitor);
	start_all();
	for (i = 0; i < ARRAY_SIZE(entrances); i++)
		enter(&entrances[i]);
	hoard();
	by_call("a service's set", "nsproxy-switch", set_of_service);
	by_call("a service's root", "move-roots", root_of_service);
	stop_all();
	monitor_stop(&monitor);
	rmdir(SHARE);
	rmdir(ROOT);
	ok(guard_stop(guard), "the guard unloads");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
