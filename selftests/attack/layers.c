// SPDX-License-Identifier: GPL-2.0
/*
 * Each layer has attacks that it alone stops:
 *
 *	layers none|enforce|alone [WORD]
 *
 * An attack runs with its layer switched off and must have its effect; with
 * all layers on it has none, and the event names the layer.  Without the guard
 * each has its effect, too.
 *
 * Alone, a layer stops what another would stop after it: no layer is there for
 * looks.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"
#include "common/rtnl.h"

/* Whom the host trusts by a look at /proc/PID, as many a daemon does. */
enum deputy {
	DEPUTY_NONE,
	DEPUTY_UID,	/* the uid of /proc/PID/status */
	DEPUTY_NET,	/* the network namespace of /proc/PID/ns */
	DEPUTY_PID,	/* the process namespace there */
};

#define SEEN_BY(l, n, d, t)						\
	.desc = d, .layer = NSGUARD_LAYER_##l, .name = n, .technique = t

/**
 * struct scenario - an attack for one layer
 * @desc: for the results
 * @layer: the one that stops it
 * @name: how events call it
 * @technique: index by name
 * @flags: added to the technique's
 * @idle: see struct recipe
 * @shooter: who fires; of those that say nothing, the attacker in its own call
 * @deputy: who grants the effect; DEPUTY_NONE: the attacker's own act
 * @ring: see struct recipe
 * @kind: the container; of those that say nothing, with a user namespace
 * @transit: see struct recipe; of root, before it idles
 * @leaks: a counter of what is refused and left alone: one more
 * @bond: see struct recipe; of root
 * @datagram: what FIXTURE_F_ACT does is to send one, and not to make a file
 */
static const struct scenario {
	const char *desc;
	unsigned int layer;
	const char *name;
	const char *technique;
	unsigned int flags;
	int idle;
	enum shooter shooter;
	enum deputy deputy;
	bool ring;
	enum container_kind kind;
	enum transit transit;
	const char *leaks;
	enum bond bond;
	bool datagram;
} scenarios[] = {
	{ SEEN_BY(SWEEP, "sweep", "ids of a task that sleeps", "ids"),
	  .idle = 1, .shooter = SHOOTER_TIMER, .deputy = DEPUTY_UID },
	{ SEEN_BY(SWEEP, "sweep", "credential of a task that spins", "cred"),
	  .idle = 2, .shooter = SHOOTER_TIMER, .deputy = DEPUTY_UID },
	{ SEEN_BY(SWEEP, "sweep", "namespaces of a child that sleeps",
		  "nsproxy"),
	  .idle = 1, .shooter = SHOOTER_CPU, .deputy = DEPUTY_NET },
	{ SEEN_BY(SWEEP, "sweep", "process namespace of a task that sleeps",
		  "pid"),
	  .flags = FIXTURE_F_LINGER, .deputy = DEPUTY_PID },
	{ SEEN_BY(SWEEP, "sweep", "ids of a task that stands in an exec()", "ids"),
	  .idle = 3, .shooter = SHOOTER_TIMER, .deputy = DEPUTY_UID },
	/* A transition that does not end is one in which nobody looks. */
	{ SEEN_BY(SWEEP, "sweep", "ids of a task that sleeps, after unshare()",
		  "ids"),
	  .idle = 1, .shooter = SHOOTER_TIMER, .deputy = DEPUTY_UID,
	  .transit = TRANSIT_UNSHARE },
	{ SEEN_BY(SWEEP, "sweep", "ids of a task that sleeps, after setns()",
		  "ids"),
	  .idle = 1, .shooter = SHOOTER_TIMER, .deputy = DEPUTY_UID,
	  .transit = TRANSIT_SETNS },
	{ SEEN_BY(GATE, "gate", "subjective credential, then a plain system call",
		  "subjective") },
	{ SEEN_BY(GATE, "gate", "subjective credential from another CPU",
		  "subjective-init"),
	  .shooter = SHOOTER_CPU },
	{ SEEN_BY(USE, "use", "credential used within the system call that got it",
		  "cred-init"),
	  .flags = FIXTURE_F_ACT },
	{ SEEN_BY(USE, "use", "ids used within the system call that got them",
		  "ids"),
	  .flags = FIXTURE_F_ACT },
	{ SEEN_BY(USE, "use", "root used within the system call that got it",
		  "fs-root"),
	  .flags = FIXTURE_F_ACT },
	{ SEEN_BY(USE, "use",
		  "namespaces used within the system call that got them",
		  "nsproxy"),
	  .flags = FIXTURE_F_ACT, .datagram = true },
	{ SEEN_BY(USE, "use",
		  "a namespace used within the system call that got it",
		  "ns-member"),
	  .flags = FIXTURE_F_ACT, .datagram = true },
	{ SEEN_BY(USE, "use", "credential with the mark cleared", "cred"),
	  .flags = FIXTURE_F_CLEAR_MARK },
	{ SEEN_BY(USE, "use", "subjective credential with the mark cleared",
		  "subjective"),
	  .flags = FIXTURE_F_CLEAR_MARK },
	{ SEEN_BY(USE, "use", "root with the mark cleared from a timer",
		  "fs-root"),
	  .flags = FIXTURE_F_CLEAR_MARK, .shooter = SHOOTER_TIMER },
	{ SEEN_BY(USE, "use", "ids used by a polled io_uring, without a system call",
		  "ids"),
	  .shooter = SHOOTER_TIMER, .ring = true },
	{ SEEN_BY(TRANSITION, "transition", "commit_creds, the system call goes on",
		  "commit"),
	  .flags = FIXTURE_F_LINGER, .deputy = DEPUTY_UID,
	  .leaks = "leaked_creds" },
	{ SEEN_BY(TRANSITION, "transition",
		  "switched namespaces, the system call goes on",
		  "nsproxy-switch"),
	  .flags = FIXTURE_F_LINGER, .deputy = DEPUTY_NET,
	  .leaks = "leaked_nsproxies" },
	{ SEEN_BY(TRANSITION, "transition",
		  "switched namespaces of a child that sleeps",
		  "nsproxy-switch"),
	  .idle = 1, .shooter = SHOOTER_CPU, .deputy = DEPUTY_NET,
	  .leaks = "leaked_nsproxies" },
	{ SEEN_BY(TRANSITION, "transition", "setns() to a namespace of the host",
		  "setns-net"),
	  .kind = CONTAINER_PRIVILEGED },
	{ SEEN_BY(TRANSITION, "transition", "a root of the host by set_fs_root()",
		  "set-root") },
	{ SEEN_BY(TRANSITION, "transition",
		  "a root of the host by chroot_fs_refs()", "move-roots") },
};

/* What the points of use would notice if the gate did not. */
#define AT_GATE(d, t) { SEEN_BY(GATE, "gate", d " at the gate", t) }
static const struct scenario alone[] = {
	AT_GATE("ids", "ids"),
	AT_GATE("credential", "cred"),
	AT_GATE("a group", "group-item"),
	AT_GATE("namespaces", "nsproxy"),
	AT_GATE("a namespace", "ns-member"),
	AT_GATE("root", "fs-root"),
	AT_GATE("fs_struct", "fs-pointer"),
	AT_GATE("working directory", "fs-pwd"),
	/* What a filter still sends there has no mark. */
	{ SEEN_BY(GATE, "gate", "the mark of a task with a filter at the gate",
		  "mark"),
	  .kind = CONTAINER_PRIVILEGED, .bond = BOND_SECCOMP },
};

static struct monitor monitor;
static enum guard guard;
static int fixture;

/* The victim in the host's numbers: the container's first process or its child. */
static pid_t victim(const struct cell *cell)
{
	char path[64], text[64] = "";
	int pid = cell->container.pid;

	if (cell->recipe.whom == WHOM_SELF)
		return pid;
	snprintf(path, sizeof(path), "/proc/%d/task/%d/children", pid, pid);
	read_text(path, text, sizeof(text));
	return sscanf(text, "%d", &pid) == 1 ? pid : 0;
}

static bool uid_is(pid_t pid, unsigned int want)
{
	char path[64], text[4096], *at;
	unsigned int uid;

	snprintf(path, sizeof(path), "/proc/%d/status", pid);
	if (read_text(path, text, sizeof(text)) < 0)
		return false;
	at = strstr(text, "\nUid:");
	return at && sscanf(at + 5, "%u", &uid) == 1 && uid == want;
}

static bool ns_is_host(pid_t pid, const char *name)
{
	return ns_inode(pid, name) == ns_inode(1, name);
}

/* What the deputy does for whom it trusts shows on the host's disk. */
static bool deputy_grants(const struct cell *cell, enum deputy deputy)
{
	unsigned int want = cell->technique->prim == FIXTURE_COMMIT ? 0 :
			    cell->recipe.shot.ids[FIXTURE_UID];
	pid_t pid = victim(cell);
	bool trusted;

	if (!pid)
		return false;
	if (deputy == DEPUTY_UID)
		trusted = uid_is(pid, want);
	else if (deputy == DEPUTY_NET)
		trusted = ns_is_host(pid, "net");
	else
		trusted = ns_is_host(pid, "pid");
	if (trusted)
		put_file(cell->witness.mark, cell->witness.text,
			 strlen(cell->witness.text), 0644);
	return trusted;
}

/* The shot has been fired; gives the sweep the two turns it may need. */
static void wait_for_layer(const struct scenario *s, __u64 shots)
{
	if (ioctl(fixture, FIXTURE_IOC_WAIT_SHOTS, &shots))
		bail("wait for the shot");
	if (guard == GUARD_NONE || s->layer != NSGUARD_LAYER_SWEEP)
		return;
	/* Without the sweep its counter may stand still: that is the bound. */
	guard_counter_reaches("sweeps", guard_counter("sweeps") + 2, 3000);
}

/* Who has another's pid is nobody's child. */
static bool has_pid(pid_t pid)
{
	siginfo_t info;

	return !waitid(P_PID, pid, &info, WEXITED | WNOWAIT);
}

static bool run_with_deputy(const struct scenario *s, struct cell *cell)
{
	struct fixture_counts counts;
	bool granted;

	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &counts))
		bail("counts");
	cell_start(cell, guard);
	wait_for_layer(s, counts.fired + 1);
	granted = deputy_grants(cell, s->deputy);
	ioctl(fixture, FIXTURE_IOC_LET_GO);
	while (s->deputy == DEPUTY_PID && !has_pid(cell->container.pid))
		usleep(1000);
	if (s->idle && granted)
		kill(cell->container.pid, SIGKILL);
	cell_finish(cell, guard);
	return granted;
}

static bool run(const struct scenario *s, struct cell *cell)
{
	cell_prepare(cell, technique_find(s->technique), s->kind, s->shooter);
	cell->recipe.shot.flags |= s->flags;
	cell->recipe.idle = s->idle;
	cell->recipe.transit = s->transit;
	if (s->bond)
		cell->recipe.bond = s->bond;
	if (s->transit || s->bond)
		cell->recipe.as = 0;
	if (s->ring)
		cell->recipe.way = WAY_POLLED;
	/* It has to be idle by then, and not on its way into a system call. */
	if (s->idle && s->idle < 3)
		cell->recipe.shot.delay_ms = 300;
	if (s->datagram)
		cell->recipe.use = USE_DATAGRAM;
	else if (s->deputy != DEPUTY_NONE || s->flags & FIXTURE_F_ACT)
		cell->recipe.use = USE_NONE;
	if (s->deputy != DEPUTY_NONE)
		return run_with_deputy(s, cell);
	cell_run(cell, guard);
	return s->flags & FIXTURE_F_ACT && !s->datagram ?
	       witness_saw_act(&cell->witness) : witness_saw(&cell->witness);
}

/*
 * Who would have gained is told of where another acted: a thread of the kernel,
 * which nobody is to blame for.
 */
static void judge_target(const struct scenario *s, const char *event)
{
	bool other = s->shooter == SHOOTER_CPU &&
		     s->layer == NSGUARD_LAYER_TRANSITION;
	int64_t pid = 0, target = 0;

	json_number(event, "pid", &pid);
	json_number(event, "target", &target);
	ok(target == (other ? pid : 0), "%s: its target (%lld of %lld)",
	   s->desc, (long long)target, (long long)pid);
}

static void judge_event(const struct scenario *s, const struct cell *cell)
{
	static char event[65536];
	char layer[32] = "";

	ok(cell->events == 1, "%s: one event (%lld)", s->desc,
	   (long long)cell->events);
	if (cell->events < 1 ||
	    !monitor_next(&monitor, event, sizeof(event), 10000))
		event[0] = '\0';
	json_string(event, "layer", layer, sizeof(layer));
	if (!ok(!strcmp(layer, s->name), "%s: the %s saw it (%s)", s->desc,
		s->name, layer))
		diag("%s", event);
	judge_target(s, event);
}

static void drain(void)
{
	static char event[65536];

	while (monitor_next(&monitor, event, sizeof(event), 0))
		;
}

static void without_guard(const struct scenario *s)
{
	static struct cell cell;

	ok(run(s, &cell), "%s: works", s->desc);
	witness_stop(&cell.witness);
	fixture_balance(fixture, GUARD_NONE);
}

/* With these layers it comes to nothing, and its own has seen it. */
static void is_stopped(const struct scenario *s, struct cell *cell,
		       const char *with)
{
	int64_t leaked = s->leaks ? guard_counter(s->leaks) : 0;

	ok(!run(s, cell), "%s: no effect with %s", s->desc, with);
	if (s->leaks)
		ok(guard_counter(s->leaks) == leaked + 1,
		   "%s: one is left alone (%lld)", s->desc,
		   (long long)(guard_counter(s->leaks) - leaked));
	ok(cell_killed(cell), "%s: the victim was killed (status %x)",
	   s->desc, cell->status);
	judge_event(s, cell);
	witness_expect(&cell->witness, false);
	witness_stop(&cell->witness);
	fixture_balance(fixture, GUARD_ENFORCE);
}

static void with_layer_alone(const struct scenario *s)
{
	static struct cell cell;

	guard_set("sweep_ms", "60000");
	guard_layers(s->layer);
	is_stopped(s, &cell, "this layer alone");
}

static void with_guard(const struct scenario *s)
{
	static struct cell cell;
	/* A sweep in between would make two layers' work one's. */
	guard_set("sweep_ms",
		  s->layer == NSGUARD_LAYER_SWEEP ? "200" : "60000");
	guard_layers(NSGUARD_LAYER_ALL & ~s->layer);
	ok(run(s, &cell), "%s: works without the %s", s->desc, s->name);
	witness_stop(&cell.witness);
	/* Another layer may have repaired it after the effect. */
	fixture_balance(fixture, cell.kills ? GUARD_ENFORCE : GUARD_OFF);
	drain();

	guard_layers(NSGUARD_LAYER_ALL);
	is_stopped(s, &cell, "all layers");
}

static void each(const struct scenario *s, size_t count, const char *only,
		 void (*fn)(const struct scenario *s))
{
	for (; count--; s++)
		if (!only || strstr(s->desc, only))
			fn(s);
}

/*
 * Who waits in an unshare() for what others keep is looked at as well.  No signal wakes him
 * there: he is told of, and dies when he comes out.
 */
static void within_unshare(void)
{
	static const struct scenario s = {
		SEEN_BY(SWEEP, "sweep", "ids of a task that waits in an unshare()", "ids"),
		.idle = 4, .shooter = SHOOTER_TIMER,
	};
	struct fixture_counts counts;
	static struct cell cell;

	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &counts))
		bail("counts");
	if (guard != GUARD_NONE)
		guard_set("sweep_ms", "200");
	cell_prepare(&cell, technique_find(s.technique), CONTAINER_PRIVILEGED, s.shooter);
	cell.recipe.idle = s.idle;
	cell.recipe.as = 0;
	cell.recipe.use = USE_NONE;
	cell.recipe.shot.delay_ms = 0;
	cell_create(&cell);
	if (!rtnl_hold())
		bail("the rtnl mutex");
	cell_release(&cell, guard);
	wait_for_layer(&s, counts.fired + 1);
	ok(uid_is(victim(&cell), cell.recipe.shot.ids[FIXTURE_UID]),
	   "%s: it has them while it waits", s.desc);
	if (guard != GUARD_NONE)
		ok(guard_tally().events == cell.before.events + 1, "%s: it is told of",
		   s.desc);
	if (!rtnl_let_go())
		bail("who held the rtnl mutex");
	cell_finish(&cell, guard);
	if (guard == GUARD_NONE) {
		ok(!cell.status, "%s: it goes on (%x)", s.desc, cell.status);
	} else {
		ok(cell_killed(&cell), "%s: it was killed (%x)", s.desc, cell.status);
		judge_event(&s, &cell);
	}
	witness_stop(&cell.witness);
	fixture_balance(fixture, guard);
}

int main(int argc, char **argv)
{
	bool by_itself = argc > 1 && !strcmp(argv[1], "alone");
	const char *only = argc > 2 ? argv[2] : NULL;

	guard = by_itself ? GUARD_ENFORCE :
			    guard_by_name(argc > 1 ? argv[1] : NULL);
	if (guard != GUARD_NONE && guard != GUARD_ENFORCE)
		bail("none, enforce or alone");
	fixture_start();
	fixture = fixture_open();
	guard_start(guard);
	if (guard != GUARD_NONE)
		monitor_start(&monitor);
	/* First, since a round that was ordered comes as late as it was ordered. */
	if (!by_itself && (!only || !strcmp(only, "within")))
		within_unshare();
	if (by_itself)
		each(alone, ARRAY_SIZE(alone), only, with_layer_alone);
	else
		each(scenarios, ARRAY_SIZE(scenarios), only,
		     guard == GUARD_NONE ? without_guard : with_guard);
	monitor_stop(&monitor);
	ok(guard_stop(guard), "the guard unloads");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
