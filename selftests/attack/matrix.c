// SPDX-License-Identifier: GPL-2.0
/*
 * The matrix: every state × every use × every way from one to the other, fired
 * from everywhere in every kind of container.
 *
 *	matrix MODES COVERAGE [SEED [ONLY [PART/PARTS]]]
 *
 * MODES: none, or one or more of off, audit, enforce with commas in between: a
 * cell runs in each.  COVERAGE: each, pairs or all.  SEED: a number, 0 for one
 * by chance.  ONLY: names of values with commas in between, - for all.
 *
 * Without the guard every cell has its effect on the host, or is no cell; under
 * audit it has, and is told of; under enforce it has none, the attacker is dead
 * and one event tells of it.  A line that begins with "# cell" tells what came
 * of each, for conformance.py.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "attack/cell.h"
#include "attack/select.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

/* Of a cell that is a race. */
#define TRIES 4

static struct monitor monitor;
static char event[65536];
static int fixture;

/**
 * struct verdict - what came of a cell in one mode
 * @ran: in that mode
 * @effects: how often the effect was seen
 * @tries: of how many times
 */
struct verdict {
	bool ran;
	int effects, tries;
};

/*
 * What is lost on principle, and is counted instead (docs/threat-model.md): a
 * thread beyond the gate when its subjective credential is exchanged, and what
 * is under way at the moment of the shot.
 */
static bool is_race(const struct cell *cell)
{
	const struct technique *t = cell->technique;
	bool subjective = !t->chain && (t->prim == FIXTURE_CRED_SUBJ ||
					t->prim == FIXTURE_OVERRIDE);

	return cell->recipe.way == WAY_LOOP ||
	       (subjective && cell->recipe.way == WAY_SIBLING);
}

static bool one_of(const char *list, const char *word)
{
	size_t len = strlen(word);
	const char *at;

	for (at = list; (at = strstr(at, word)); at += len)
		if ((at == list || at[-1] == '|') &&
		    (!at[len] || at[len] == '|'))
			return len;
	return false;
}

static bool has_field(const char *field)
{
	char pattern[64];

	snprintf(pattern, sizeof(pattern), "\"field\":\"%s\"", field);
	return strstr(event, pattern);
}

/* Is this the event of the attack itself? */
static bool is_its_event(const struct cell *cell, const char *mode)
{
	const struct technique *t = cell->technique;
	char rule[64] = "", verdict[64] = "";

	json_string(event, "rule", rule, sizeof(rule));
	json_string(event, "verdict", verdict, sizeof(verdict));
	if (!one_of(t->rule, rule) &&
	    !(cell->recipe.way == WAY_UNMARKED && !strcmp(rule, "mark-cleared")))
		return false;
	if (strcmp(verdict, !strcmp(mode, "enforce") ? "kill" : "audit"))
		return false;
	return !t->field || cell->recipe.way == WAY_UNMARKED ||
	       has_field(t->field);
}

/* Does the shot hit what another process has as well? */
static bool hits_others(const struct cell *cell)
{
	enum fixture_prim prim = cell->technique->prim;

	if (cell->technique->chain)
		return false;
	return (cell->recipe.way == WAY_SIBLING && prim == FIXTURE_GROUP_ITEM) ||
	       (cell->kind == CONTAINER_NESTED && prim == FIXTURE_NS_MEMBER) ||
	       (cell->kind == CONTAINER_ENTERED && prim == FIXTURE_MOVE_ROOTS);
}

/* A task that another has switched, which nobody follows, finds so at its gate. */
static bool found_again(const struct cell *cell)
{
	return !cell->technique->chain &&
	       cell->technique->prim == FIXTURE_NSPROXY_SWITCH &&
	       cell->shooter != SHOOTER_NOW;
}

/* Where nothing but the attacker and its shot is in the event. */
static bool is_plain(const struct cell *cell)
{
	return cell->recipe.way == WAY_NEXT && !cell->technique->chain &&
	       cell->kind != CONTAINER_NESTED && !hits_others(cell) &&
	       !found_again(cell);
}

static void judge_events(const struct cell *cell, const char *mode,
			 const char *name)
{
	int want = (cell->recipe.way == WAY_FLOOD ? FLOOD + 1 : 1) +
		   (found_again(cell) && !strcmp(mode, "audit"));
	bool exact = (!strcmp(mode, "enforce") && !hits_others(cell)) ||
		     is_plain(cell);
	bool found = false, told = false;
	int64_t i;

	ok(exact ? cell->events == want : cell->events >= want,
	   "%s: %d event%s (%lld)", name, want, exact ? "" : " or more",
	   (long long)cell->events);
	for (i = 0; i < cell->events; i++) {
		if (!monitor_next(&monitor, event, sizeof(event), 10000))
			break;
		if (!is_its_event(cell, mode)) {
			diag("another event: %.600s", event);
			continue;
		}
		found = true;
		told |= is_plain(cell) && cell_event_exact(cell, event);
	}
	ok(i == cell->events, "%s: the events arrive", name);
	ok(found, "%s: one of them is its (%s)", name, cell->technique->rule);
	if (is_plain(cell))
		ok(told, "%s: before and after are exact", name);
}

static void judge(struct cell *cell, const char *mode, const char *name,
		  struct verdict *verdict)
{
	bool effect = witness_saw(&cell->witness);
	bool leaves = cell->recipe.way == WAY_EXIT;

	verdict->ran = true;
	verdict->tries++;
	verdict->effects += effect;
	if (strcmp(mode, "enforce")) {
		ok(leaves ? !cell->status : effect, "%s: %s (status %x)", name,
		   leaves ? "it leaves" : "it works", cell->status);
		if (!strcmp(mode, "audit"))
			judge_events(cell, mode, name);
		else if (strcmp(mode, "none"))
			ok(!cell->events, "%s: no event", name);
	} else {
		if (!is_race(cell))
			ok(!effect, "%s: no effect on the host", name);
		/* Who has begun to exit is not killed any more. */
		if (!effect && !leaves)
			ok(cell_killed(cell),
			   "%s: the attacker was killed (status %x)", name,
			   cell->status);
		judge_events(cell, mode, name);
	}
	witness_expect(&cell->witness, effect);
}

static void make_fifo(const struct cell *cell, int *fd)
{
	char path[128];

	snprintf(path, sizeof(path), "%s/hold", cell->witness.share);
	if (mkfifo(path, 0666) || chmod(path, 0666))
		bail("%s", path);
	/* For both, so that it never breaks. */
	*fd = open(path, O_RDWR | O_CLOEXEC);
	if (*fd < 0)
		bail("%s", path);
}

/*
 * It sleeps when it is hit, and for as long as it takes two sweeps to pass: who
 * survives those survives a minute.
 */
static void run_idle(struct cell *cell, enum guard guard)
{
	struct fixture_counts counts;
	__u64 shots;
	int fd;

	cell->recipe.hold = HOLD_FIRED;
	/* It has to be asleep by then. */
	cell->recipe.shot.delay_ms = 300;
	cell_create(cell);
	make_fifo(cell, &fd);
	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &counts))
		bail("counts");
	cell_release(cell, guard);
	/* Who is caught at the first of a chain is not there for the others. */
	shots = counts.fired + 1 +
		(guard == GUARD_ENFORCE ? 0 : cell->recipe.nmore);
	if (ioctl(fixture, FIXTURE_IOC_WAIT_SHOTS, &shots))
		bail("wait for the shot");
	if (guard == GUARD_AUDIT || guard == GUARD_ENFORCE)
		guard_counter_reaches("sweeps", guard_counter("sweeps") + 2,
				      60000);
	if (write(fd, "1", 1) != 1)
		bail("wake the attacker");
	cell_finish(cell, guard);
	close(fd);
}

static void run_once(const struct coordinates *c, const char *mode,
		     const char *name, struct verdict *verdict)
{
	enum guard guard = guard_by_name(mode);
	static struct cell cell;

	cell_prepare(&cell, &techniques[c->at[AXIS_TECHNIQUE]],
		     c->at[AXIS_KIND], c->at[AXIS_SHOOTER]);
	cell.recipe.use = c->at[AXIS_USE];
	cell.recipe.way = c->at[AXIS_WAY];
	if (cell.recipe.way == WAY_UNMARKED)
		cell.recipe.shot.flags |= FIXTURE_F_CLEAR_MARK;
	if (cell.recipe.way == WAY_LOOP) {
		cell.recipe.shot.delay_ms = random_between(1, 30);
		cell.recipe.shot.fire = random_u64() & 1 ? FIXTURE_TIMER :
							   FIXTURE_CPU;
	}
	if (cell.recipe.way == WAY_IDLE)
		run_idle(&cell, guard);
	else
		cell_run(&cell, guard);
	judge(&cell, mode, name, verdict);
	witness_stop(&cell.witness);
	/* What was not repaired took along what was planted. */
	fixture_balance(fixture, guard);
}

static void run_cell(const struct coordinates *c, char **modes)
{
	struct verdict verdicts[NR_GUARDS] = {};
	char name[160], line[256] = "";
	enum guard guard;
	int i, axis, tries;

	for (axis = 0; axis < NR_AXES; axis++) {
		strcat(line, " ");
		strcat(line, axis_name(axis, c->at[axis]));
	}
	/* For who looks for what a guest has died of. */
	diag("next%s", line);
	for (; *modes; modes++) {
		guard = guard_by_name(*modes);
		snprintf(name, sizeof(name), "%s%s", *modes, line);
		if (guard != GUARD_NONE)
			guard_set("mode", *modes);
		tries = c->at[AXIS_WAY] == WAY_LOOP &&
			guard == GUARD_ENFORCE ? TRIES : 1;
		while (tries--)
			run_once(c, *modes, name, &verdicts[guard]);
	}
	for (i = 0; i < NR_GUARDS; i++)
		if (verdicts[i].ran)
			snprintf(line + strlen(line), sizeof(line) - strlen(line),
				 " %s=%d/%d", guard_names[i],
				 verdicts[i].effects, verdicts[i].tries);
	diag("cell%s", line);
}

static void compare(const struct fixture_counts *before,
		    const struct fixture_counts *after)
{
	ok(before->init_cred == after->init_cred, "init_cred: %lld to %lld",
	   before->init_cred, after->init_cred);
	ok(before->init_nsproxy == after->init_nsproxy,
	   "initial nsproxy: %lld to %lld", before->init_nsproxy,
	   after->init_nsproxy);
	ok(before->init_fs == after->init_fs, "fs of pid 1: %lld to %lld",
	   before->init_fs, after->init_fs);
	ok(before->init_user_nproc == after->init_user_nproc,
	   "processes of root: %lld to %lld", before->init_user_nproc,
	   after->init_user_nproc);
	ok(!after->ledger, "the ledger is closed");
}

/*
 * Those that idle come first: what they wait for, a sweep, would do other
 * layers' work for the rest.
 */
static void run_cells(const struct coordinates *cells, int count, char **modes)
{
	bool guarded = guard_by_name(modes[0]) != GUARD_NONE;
	int i;

	if (guarded)
		guard_set("sweep_ms", "200");
	for (i = 0; i < count; i++)
		if (cells[i].at[AXIS_WAY] == WAY_IDLE)
			run_cell(&cells[i], modes);
	if (guarded)
		guard_layers(LAYERS_BUT_SWEEP);
	for (i = 0; i < count; i++)
		if (cells[i].at[AXIS_WAY] != WAY_IDLE)
			run_cell(&cells[i], modes);
}

/* Every @parts-th of them, to the front. */
static int take_part(struct coordinates *cells, int count, int part, int parts)
{
	int i, n = 0;

	for (i = part; i < count; i += parts)
		cells[n++] = cells[i];
	return n;
}

static enum coverage coverage_by_name(const char *name)
{
	static const char *const names[] = { "each", "pairs", "all" };
	size_t i;

	for (i = 0; i < ARRAY_SIZE(names); i++)
		if (!strcmp(name, names[i]))
			return i;
	bail("which coverage? each, pairs or all");
}

int main(int argc, char **argv)
{
	struct fixture_counts before, after;
	int n = 0, count, part = 0, parts = 1;
	char *modes[NR_GUARDS + 1] = {}, *list;
	struct coordinates *cells;
	const char *only = NULL;
	uint64_t seed = 0;

	if (argc < 3)
		bail("which modes and coverage?");
	for (list = argv[1]; list && n < NR_GUARDS; )
		modes[n++] = strsep(&list, ",");
	if (argc > 3)
		seed = strtoull(argv[3], NULL, 0);
	if (argc > 4 && strcmp(argv[4], "-"))
		only = argv[4];
	if (argc > 5 && (sscanf(argv[5], "%d/%d", &part, &parts) != 2 ||
			 parts < 1))
		bail("which part of how many?");
	if (!seed)
		seed = random_u64() >> 32;
	diag("seed %llu", (unsigned long long)seed);
	cells = select_cells(coverage_by_name(argv[2]), seed, only, &count);

	/* For an ordinary user to hang a thread in a system call. */
	write_text("/proc/sys/vm/unprivileged_userfaultfd", "1");
	fixture_start();
	fixture = fixture_open();
	guard_start(guard_by_name(modes[0]));
	if (guard_by_name(modes[0]) != GUARD_NONE)
		monitor_start(&monitor);
	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &before))
		bail("counts");
	count = take_part(cells, count, part, parts);
	run_cells(cells, count, modes);
	if (ioctl(fixture, FIXTURE_IOC_COUNTS, &after))
		bail("counts");
	compare(&before, &after);
	monitor_stop(&monitor);
	ok(guard_stop(guard_by_name(modes[0])), "the guard unloads");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	free(cells);
	return tap_done();
}
