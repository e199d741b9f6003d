// SPDX-License-Identifier: GPL-2.0
/*
 * A visitor, a task of the host that has entered a container and not yet
 * executed a program there, is out of reach for the container's tasks, root's
 * with CAP_SYS_PTRACE too:
 *
 *	visitor none|off|audit|enforce
 *
 * The effect is a word in the visitor's memory, which the host shares.  A process of
 * the host that is not inside is none: who shares the host's process namespace may
 * do to it what the kernel allows, but not what it allows by a credential that was
 * tampered with.
 */
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/container.h"
#include "attack/snoop.h"
#include "common/guard.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

#define SNOOP "/nsguard/tests/attack/snoop"
#define SHARE "/host/visitor"

static struct monitor monitor;
static enum guard guard;

/**
 * struct place - where the process is that the container goes for
 * @desc: for the results
 * @host_pid: the container has the host's process namespace, and is ambiguous
 * @enters: namespaces of the container, CLONE_NEW*
 * @makes: others, of its own
 * @inside: that makes it a visitor
 * @uid: of which user it is, where the container has no right over it
 */
static const struct place {
	const char *desc;
	bool host_pid;
	int enters;
	int makes;
	bool inside;
	unsigned int uid;
} inside = {
	"inside", false, CLONE_NEWPID | CLONE_NEWNS | CLONE_NEWNET |
	CLONE_NEWUTS | CLONE_NEWIPC, 0, true, 0
}, places[] = {
	{ "in its process namespace", false, CLONE_NEWPID, 0, true, 0 },
	{ "in its mounts", true, CLONE_NEWNS, 0, true, 0 },
	{ "in its network", true, CLONE_NEWNET, 0, false, 0 },
	{ "outside", true, 0, 0, false, 0 },
	{ "in a process namespace elsewhere", true, 0, CLONE_NEWPID, false, 0 },
}, users = { "a user's", true, 0, 0, false, 4711 };

struct visit {
	const struct place *place;
	struct container container;
	int memory;
	volatile unsigned long *word;
	pid_t pid;		/* of the visitor, in the host's numbers */
	int status;		/* of the container's first process */
};

/* In the container; its child, too, since a task does not change its own pid. */
static void enter(struct visit *v, int ready)
{
	int pidfd = syscall(SYS_pidfd_open, v->container.pid, 0);
	const struct place *place = v->place;
	int there[2];
	char byte;
	pid_t pid;

	if (pidfd < 0 || (place->enters && setns(pidfd, place->enters)) ||
	    (place->makes && unshare(place->makes)) || pipe(there))
		_exit(1);
	pid = fork();
	if (pid)
		_exit(read(there[0], &byte, 1) != 1 ||
		      write(ready, &pid, sizeof(pid)) != sizeof(pid));
	/* Who changes his user is nobody's to look at, unless he says otherwise. */
	if (place->uid && (setresgid(place->uid, place->uid, place->uid) ||
			   setresuid(place->uid, place->uid, place->uid) ||
			   prctl(PR_SET_DUMPABLE, 1)))
		_exit(1);
	if (write(there[1], "1", 1) != 1)
		_exit(1);
	for (;;)
		pause();
}

/* The visitor's number in the container's process namespace. */
static int inner_pid(pid_t pid)
{
	char path[64], text[4096], *at;
	int outer, inner;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (read_text(path, text, sizeof(text)) < 0)
		bail("%s", path);
	at = strstr(text, "\nNSpid:");
	if (!at || sscanf(at + 7, "%d %d", &outer, &inner) != 2)
		bail("no number of %d inside", pid);
	return inner;
}

static void start_visitor(struct visit *v)
{
	struct snoop_target target = {
		.fd = v->memory,
		.address = (unsigned long)v->word,
		.uid = v->place->uid,
	};
	int ready[2], status;
	pid_t helper;

	if (pipe(ready))
		bail("pipe");
	fflush(NULL);
	helper = fork();
	if (!helper)
		enter(v, ready[1]);
	if (waitpid(helper, &status, 0) != helper || status ||
	    read(ready[0], &v->pid, sizeof(v->pid)) != sizeof(v->pid))
		bail("the visitor did not get in (%x)", status);
	close(ready[0]);
	close(ready[1]);
	target.pid = v->place->host_pid ? v->pid : inner_pid(v->pid);
	put_file(SHARE "/target", &target, sizeof(target), 0644);
}

static void visit(struct visit *v, const struct place *place, char *method)
{
	char *argv[] = { (char *)"/program", method, NULL };
	int status;

	memset(v, 0, sizeof(*v));
	v->place = place;
	v->memory = memfd_create("visitor", 0);
	if (v->memory < 0 || ftruncate(v->memory, 4096))
		bail("memfd");
	v->word = mmap(NULL, 4096, PROT_READ | PROT_WRITE, MAP_SHARED,
		       v->memory, 0);
	v->container = (struct container){
		.kind = place->uid ? CONTAINER_DOCKER : CONTAINER_PRIVILEGED,
		.share = SHARE,
		.program = SNOOP,
		.argv = argv,
		.host_pid = place->host_pid,
		.out = -1,
	};
	container_create(&v->container);
	start_visitor(v);
	container_go(&v->container);
	/*
	 * It ends with the container, whose first process waits for that, or, where
	 * they share no process namespace, not at all.
	 */
	if (place->host_pid) {
		v->status = container_wait(&v->container);
		kill(v->pid, SIGKILL);
	}
	if (waitpid(v->pid, &status, 0) != v->pid)
		bail("wait for the visitor");
	if (!place->host_pid)
		v->status = container_wait(&v->container);
}

static void leave(struct visit *v)
{
	munmap((void *)v->word, 4096);
	close(v->memory);
}

static void judge_event(const struct visit *v, const char *method,
			const char *want)
{
	static char event[65536];
	char rule[32] = "";
	int64_t target = 0;

	if (!ok(monitor_next(&monitor, event, sizeof(event), 10000),
		"%s: the event arrives", method))
		return;
	json_string(event, "rule", rule, sizeof(rule));
	ok(!strcmp(rule, want), "%s: its rule (%s)", method, rule);
	json_number(event, "target", &target);
	ok(target == (v->place->inside ? v->pid : 0),
	   "%s: it names the visitor (%lld)", method, (long long)target);
}

static void attack(const struct place *place, const char *method)
{
	bool wrong = place->inside || place->uid, effect;
	/* A signal would end the access by itself: in a storm there is none. */
	bool spared = place->uid && guard == GUARD_ENFORCE;
	int told = (wrong && guard >= GUARD_AUDIT) + spared;
	bool refused = wrong && guard == GUARD_ENFORCE &&
		       (!place->host_pid || place->uid);
	struct tally before = {}, after = {};
	struct visit v;

	if (spared)
		guard_set("storm", "1");
	if (guard != GUARD_NONE)
		before = guard_tally();
	visit(&v, place, (char *)method);
	if (guard != GUARD_NONE)
		after = guard_tally();
	effect = *v.word == SNOOP_WORD;
	if (refused) {
		ok(!effect, "%s, %s: no effect on the visitor", place->desc,
		   method);
		ok(spared ? WIFEXITED(v.status) &&
			    WEXITSTATUS(v.status) == SNOOP_REFUSED :
			    WIFSIGNALED(v.status) &&
			    WTERMSIG(v.status) == SIGKILL,
		   "%s, %s: the attacker was %s (%x)", place->desc, method,
		   spared ? "refused" : "killed", v.status);
	} else {
		ok(effect, "%s, %s: it works (%x)", place->desc, method,
		   v.status);
	}
	ok(after.events - before.events == told, "%s, %s: events (%lld)",
	   place->desc, method, (long long)(after.events - before.events));
	if (after.events > before.events)
		judge_event(&v, method, place->uid ? "cred-content" :
			    "visitor-access");
	leave(&v);
}

/* To look at a visitor is no access. */
static void look(void)
{
	struct tally before = {}, after = {};
	struct visit v;

	if (guard != GUARD_NONE)
		before = guard_tally();
	visit(&v, &inside, (char *)"reading");
	if (guard != GUARD_NONE)
		after = guard_tally();
	ok(!v.status, "a visitor can be looked at (%x)", v.status);
	ok(after.events == before.events, "that is no event");
	leave(&v);
}

int main(int argc, char **argv)
{
	static const char *const methods[] = {
		"ptrace", "process_vm_writev", "mem", "pidfd_getfd", "io_uring",
	};
	size_t i;

	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	if (mkdir(SHARE, 0755) || prctl(PR_SET_CHILD_SUBREAPER, 1))
		bail(SHARE);
	fixture_start();
	guard_start(guard);
	if (guard != GUARD_NONE)
		monitor_start(&monitor);
	for (i = 0; i < ARRAY_SIZE(methods); i++)
		attack(&inside, methods[i]);
	for (i = 0; i < ARRAY_SIZE(places); i++)
		attack(&places[i], methods[0]);
	attack(&users, "disguise");
	look();
	monitor_stop(&monitor);
	ok(guard_stop(guard), "the guard unloads");
	ok(fixture_stop(), "the fixture unloads");
	unlink(SHARE "/target");
	rmdir(SHARE);
	return tap_done();
}
