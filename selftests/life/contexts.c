// SPDX-License-Identifier: GPL-2.0
/*
 * The end states of real exploits come from wherever those have got to run, and
 * what a guard takes a task for is memory as well:
 *
 *	contexts none|off|audit|enforce [disguised] [WORD]
 *
 * Each state is shot from within bottom halves off, RCU, a spinlock, a softirq,
 * an interrupt, a timer and an exec(); `disguised` in a plain call, by a task that has
 * written into its own memory what spares it: that it is the kernel's, about to
 * end, or pid 1.  The attacker is a child: what it displaced is its parent's, too.
 */
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/tap.h"
#include "common/util.h"

/**
 * struct state - what is shot
 * @technique: by name
 * @then: NULL or the name of another, in the same system call
 */
static const struct state {
	const char *technique;
	const char *then;
} states[] = {
	{ "commit-init", NULL },
	{ "nsproxy-switch", NULL },
	{ "commit-init", "nsproxy-switch" },
	{ "nsproxy-switch", "commit-init" },
	{ "cred-init", NULL },
	{ "nsproxy", NULL },
	{ "fs-root", NULL },
	{ "fs-pointer", NULL },
};

/**
 * struct setting - how it is shot
 * @desc: for the results
 * @context: enum fixture_context
 * @flags: FIXTURE_F_*
 */
struct setting {
	const char *desc;
	enum fixture_context context;
	unsigned int flags;
};

static const struct setting contexts[] = {
	{ "call", FIXTURE_IN_CALL, 0 },
	{ "bh-off", FIXTURE_IN_BH_OFF, 0 },
	{ "rcu", FIXTURE_IN_RCU, 0 },
	{ "rcu and bh-off", FIXTURE_IN_RCU_BH, 0 },
	{ "spinlock", FIXTURE_IN_LOCK, 0 },
	{ "softirq", FIXTURE_IN_SOFTIRQ, 0 },
	{ "hardirq", FIXTURE_IN_HARDIRQ, 0 },
	{ "timer", FIXTURE_IN_TIMER, 0 },
	{ "exec", FIXTURE_IN_EXEC, 0 },
}, disguises[] = { /* as what: */
	{ "pid-1", FIXTURE_IN_CALL, FIXTURE_F_TGID },
	{ "kernel", FIXTURE_IN_CALL, FIXTURE_F_KTHREAD },
	{ "exits", FIXTURE_IN_CALL, FIXTURE_F_GROUP_EXIT },
};

#define PATIENCE_MS 30000

static enum guard guard;
static int fixture;

static void add_shot(struct cell *cell, const char *name)
{
	struct recipe *recipe = &cell->recipe, more;

	technique_recipe(technique_find(name), SHOOTER_NOW,
			 cell->witness.owner, &more);
	recipe->more[recipe->nmore++] = more.shot;
}

static void prepare(struct cell *cell, const struct state *state,
		    const struct setting *setting)
{
	unsigned int i;

	cell_prepare(cell, technique_find(state->technique), CONTAINER_DOCKER,
		     SHOOTER_NOW);
	if (state->then)
		add_shot(cell, state->then);
	cell->recipe.shot.context = setting->context;
	cell->recipe.shot.flags |= setting->flags;
	for (i = 0; i < cell->recipe.nmore; i++)
		cell->recipe.more[i].context = setting->context;
	cell->recipe.repeat = 1;
	/* What lives on would be seen to. */
	cell->recipe.stay = guard == GUARD_ENFORCE;
}

/* Whether the container ends by itself, since its attacker is dead. */
static bool ends(const struct cell *cell)
{
	int64_t limit = now_ms() + PATIENCE_MS;
	siginfo_t info = {};

	do {
		if (waitid(P_PID, cell->container.pid, &info,
			   WEXITED | WNOHANG | WNOWAIT))
			bail("wait");
		if (info.si_pid)
			return true;
		usleep(1000);
	} while (now_ms() < limit);
	return false;
}

static void shoot(const struct state *state, const struct setting *setting)
{
	static struct cell cell;
	bool effect, dead;
	char desc[128];

	snprintf(desc, sizeof(desc), "%s: %s%s%s", setting->desc,
		 state->technique, state->then ? ", " : "", state->then ?: "");
	prepare(&cell, state, setting);
	cell_start(&cell, guard);
	dead = ends(&cell);
	if (!dead)
		kill(cell.container.pid, SIGKILL);
	if (!dead && !ends(&cell))
		bail("%s: nothing kills the attacker", desc);
	cell_finish(&cell, guard);
	effect = witness_saw(&cell.witness);
	if (guard == GUARD_ENFORCE) {
		ok(!effect, "%s: no effect", desc);
		ok(dead, "%s: the attacker is dead", desc);
	} else {
		ok(effect, "%s: it works (%x)", desc, cell.status);
	}
	if (guard >= GUARD_AUDIT)
		ok(guard_counter_reaches("events", cell.before.events + 1,
					 PATIENCE_MS),
		   "%s: it is told of", desc);
	witness_expect(&cell.witness, effect);
	witness_stop(&cell.witness);
	fixture_balance(fixture, guard);
}

static void shoot_all(const struct setting *settings, size_t count,
		      const char *word)
{
	size_t i, j;

	for (i = 0; i < count; i++) {
		if (word && strcmp(settings[i].desc, word))
			continue;
		for (j = 0; j < ARRAY_SIZE(states); j++)
			shoot(&states[j], &settings[i]);
	}
}

int main(int argc, char **argv)
{
	bool disguised = argc > 2 && !strcmp(argv[2], "disguised");
	const char *word = argc > 2 + disguised ? argv[2 + disguised] : NULL;

	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	fixture_start();
	fixture = fixture_open();
	guard_start(guard);
	if (disguised)
		shoot_all(disguises, ARRAY_SIZE(disguises), word);
	else
		shoot_all(contexts, ARRAY_SIZE(contexts), word);
	ok(guard_stop(guard), "the guard leaves");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
