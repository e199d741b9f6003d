// SPDX-License-Identifier: GPL-2.0
/*
 * A task is told of, and killed, when it ends at that very moment:
 *
 *	coredump audit|enforce [WORD]
 *
 * It goes to a directory of the host and then faults, exits, executes another
 * program, is frozen or is traced.  Some layer sees it on that way and reports at
 * once, or, where spinlocks may be held, leaves the report for later.  That may
 * be too late for the task: its namespaces and its root are gone by then.
 *
 *	host		/host/stray-…	<- core, if nobody hinders it
 *			/tmp/box-…/leased	<- the test's lease
 *	container	descriptor 40	/share/leased
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/kmsg.h"
#include "life/lease.h"
#include "life/stray.h"

#define CORE_PATTERN	"/proc/sys/kernel/core_pattern"
#define CORE_USES_PID	"/proc/sys/kernel/core_uses_pid"

enum meanwhile { NOTHING, FREEZE, TRACE, RELEASE };

/**
 * struct scenario - an end
 * @desc: for the results
 * @way: see selftests/life/stray.c
 * @gate: the gate is on; otherwise a point of use, or the exit, has to see it
 * @meanwhile: what the test does with the task
 * @dumps: it leaves a core where it went
 * @late: where it is seen, nobody can be killed any more
 */
static const struct scenario {
	const char *desc;
	const char *way;
	bool gate;
	enum meanwhile meanwhile;
	bool dumps;
	bool late;
} scenarios[] = {
	{ "fault, seen by its dump", "fault", true, NOTHING, true, false },
	{ "fault, seen by a call before", "look-fault", true, NOTHING, true,
	  false },
	{ "exit, seen by itself", "exit", true, NOTHING, false, true },
	{ "exit of a thread, seen by itself", "thread", true, NOTHING, false,
	  false },
	{ "exit, seen by a call before", "look-exit", true, NOTHING, false,
	  false },
	{ "exit, seen by a use before", "open-exit", false, NOTHING, false,
	  false },
	{ "exec, seen at its entry", "exec", true, NOTHING, false, false },
	{ "exec, seen by its uses", "exec", false, NOTHING, false, false },
	{ "frozen in a call, seen at its entry", "block", true, FREEZE, false,
	  false },
	{ "frozen in a call, seen by a use", "block", false, FREEZE, false,
	  false },
	{ "traced, seen by a call", "look-exit", true, TRACE, false, false },
	{ "traced, seen by a use", "open-exit", false, TRACE, false, false },
	{ "traced, its dump", "fault", true, TRACE, true, false },
	{ "ring's worker with a request, exit", "ring-exit", false, RELEASE,
	  false, false },
	{ "ring's worker with a request, exec", "ring-exec", false, RELEASE,
	  false, false },
};

/**
 * struct trial - a scenario under way
 * @scenario: which
 * @box: its container
 * @lease: on a file of that
 * @dir: the host's directory
 * @certain: whether nsguard is sure of the container
 */
struct trial {
	const struct scenario *scenario;
	struct box box;
	int lease;
	char dir[32];
	bool certain;
};

static enum guard guard;

static bool enforced(const struct trial *t)
{
	return guard == GUARD_ENFORCE && t->certain;
}

static void prepare(struct trial *t)
{
	char path[64];
	int fd;

	snprintf(t->dir, sizeof(t->dir), "/host/stray-XXXXXX");
	if (!mkdtemp(t->dir) || chmod(t->dir, 0777))
		bail("%s", t->dir);
	fd = open(t->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 || dup2(fd, STRAY_FD) != STRAY_FD)
		bail("%s", t->dir);
	close(fd);
	box_create(&t->box, t->certain ? BOX_PRIVILEGED : BOX_AMBIGUOUS,
		   "stray", t->scenario->way);
	close(STRAY_FD);
	snprintf(path, sizeof(path), "%s/leased", t->box.share);
	put_file(path, "", 0, 0666);
	t->lease = lease_take(path);
	box_go(&t->box);
	if (!board_reaches(&t->box.board->ready, 1, PATIENCE_MS))
		bail("%s: it does not begin", t->scenario->desc);
}

/* It hangs in its call, or is dead before. */
static bool hangs(struct trial *t)
{
	int64_t limit = now_ms() + PATIENCE_MS;

	while (!lease_wanted(t->lease)) {
		if (box_ended(&t->box) || now_ms() > limit)
			return false;
		usleep(1000);
	}
	return true;
}

static bool frozen_is(const struct box *box, bool frozen)
{
	int64_t limit = now_ms() + PATIENCE_MS;
	char path[128], text[128];

	box_cgroup(box, "cgroup.events", path, sizeof(path));
	do {
		if (read_text(path, text, sizeof(text)) < 0)
			bail("%s", path);
		if (!!strstr(text, "frozen 1") == frozen)
			return true;
	} while (now_ms() < limit);
	return false;
}

static void freeze(const struct box *box, bool on)
{
	char path[128];

	box_cgroup(box, "cgroup.freeze", path, sizeof(path));
	if (write_text(path, on ? "1" : "0") || !frozen_is(box, on))
		bail("%s", path);
}

/* From stop to stop, to its end. */
static void trace(pid_t pid)
{
	siginfo_t info;
	int status, signal;

	for (;;) {
		/* The end itself is for who waits for the container. */
		if (waitid(P_PID, pid, &info, WEXITED | WSTOPPED | WNOWAIT))
			bail("trace");
		if (info.si_code != CLD_TRAPPED && info.si_code != CLD_STOPPED)
			return;
		if (waitpid(pid, &status, __WALL) != pid)
			bail("trace");
		signal = WSTOPSIG(status);
		/* Of the tracer's own making, or of a system call. */
		if (status >> 16 || signal == (SIGTRAP | 0x80))
			signal = 0;
		/* Killed meanwhile. */
		if (ptrace(PTRACE_SYSCALL, pid, NULL, signal) && errno != ESRCH)
			bail("ptrace");
	}
}

static void begin(struct trial *t)
{
	pid_t pid = t->box.container.pid;

	if (t->scenario->meanwhile == TRACE &&
	    (ptrace(PTRACE_SEIZE, pid, NULL,
		    PTRACE_O_TRACESYSGOOD | PTRACE_O_TRACEEXIT) ||
	     ptrace(PTRACE_INTERRUPT, pid, NULL, NULL)))
		bail("ptrace");
	board_set(&t->box.board->go, 1);
}

static void do_meanwhile(struct trial *t)
{
	switch (t->scenario->meanwhile) {
	case FREEZE:
		if (!hangs(t))
			break;
		freeze(&t->box, true);
		freeze(&t->box, false);
		lease_give_up(t->lease);
		return;
	case TRACE:
		trace(t->box.container.pid);
		break;
	case RELEASE:
		/* With its request: the lease stays. */
		ok(hangs(t) || enforced(t), "%s: the worker hangs",
		   t->scenario->desc);
		board_set(&t->box.board->go, 2);
		break;
	case NOTHING:
		break;
	}
	/* Whoever hangs there is killed, or has his request cancelled. */
	while (!box_ended(&t->box))
		usleep(1000);
	lease_give_up(t->lease);
}

static void judge_end(const struct trial *t, const char *kind, int status)
{
	const struct scenario *s = t->scenario;
	char path[64];
	bool dumped;

	snprintf(path, sizeof(path), "%s/core", t->dir);
	dumped = !access(path, F_OK);
	unlink(path);
	if (s->dumps)
		ok(WIFSIGNALED(status) && dumped == !enforced(t),
		   "%s, %s: %s core on the host (%x)", s->desc, kind,
		   enforced(t) ? "no" : "a", status);
	else if (enforced(t) && !s->late)
		ok(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL,
		   "%s, %s: killed (%x)", s->desc, kind, status);
	else
		ok(!status, "%s, %s: ends as if nothing was (%x)", s->desc,
		   kind, status);
}

static void run(const struct scenario *s, bool certain)
{
	const char *kind = certain ? "certain" : "ambiguous";
	struct trial t = { .scenario = s, .certain = certain };
	struct tally before, after;
	int status;

	guard_layers(s->gate ? LAYERS_BUT_SWEEP :
			       LAYERS_BUT_SWEEP & ~NSGUARD_LAYER_GATE);
	prepare(&t);
	before = guard_tally();
	begin(&t);
	do_meanwhile(&t);
	status = box_wait(&t.box);
	judge_end(&t, kind, status);
	guard_counter_reaches("events", before.events + 1, PATIENCE_MS);
	after = guard_tally();
	ok(after.events == before.events + 1, "%s, %s: one event (%lld)",
	   s->desc, kind, (long long)(after.events - before.events));
	rmdir(t.dir);
}

static int run_all(const char *word)
{
	int count = 0;
	size_t i;

	for (i = 0; i < ARRAY_SIZE(scenarios); i++) {
		if (word && !strstr(scenarios[i].desc, word))
			continue;
		/*
		 * The first process of a pid namespace does not die of a fault
		 * as long as it is traced.
		 */
		if (!(scenarios[i].meanwhile == TRACE && scenarios[i].dumps)) {
			run(&scenarios[i], true);
			count++;
		}
		run(&scenarios[i], false);
		count++;
	}
	return count;
}

int main(int argc, char **argv)
{
	char pattern[256], uses_pid[16];
	int kmsg = kmsg_open(), count, alerts;

	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	if (guard < GUARD_AUDIT)
		bail("audit or enforce");
	if (read_text(CORE_PATTERN, pattern, sizeof(pattern)) < 0 ||
	    read_text(CORE_USES_PID, uses_pid, sizeof(uses_pid)) < 0 ||
	    write_text(CORE_PATTERN, "core") || write_text(CORE_USES_PID, "0"))
		bail(CORE_PATTERN);
	lease_patience(true);
	guard_start(guard);
	count = run_all(argc > 2 ? argv[2] : NULL);
	ok(guard_stop(guard), "the guard leaves");
	/* Nothing more is told of them by now. */
	alerts = kmsg_count(kmsg, KMSG_ALERT);
	ok(alerts == count, "an alert for each (%d, %d)", alerts, count);
	lease_patience(false);
	write_text(CORE_PATTERN, pattern);
	write_text(CORE_USES_PID, uses_pid);
	return tap_done();
}
