// SPDX-License-Identifier: GPL-2.0
/*
 * A child is tampered with after it was made and before it runs, while nothing of it
 * is in its parent:
 *
 *	birth none|audit|enforce
 *
 * It is in a user namespace of its own, where its capabilities are others than its
 * parent's, and has a set of namespaces of its own: that must not let the rest pass.
 */
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/tap.h"

static enum guard guard;
static int fixture;

static void attack(const char *name, enum container_kind kind)
{
	static struct cell cell;
	bool effect;

	cell_prepare(&cell, technique_find(name), kind, SHOOTER_NOW);
	cell.recipe.whom = WHOM_NEWBORN;
	cell.recipe.shot.fire = FIXTURE_BIRTH;
	cell_run(&cell, guard);
	effect = witness_saw(&cell.witness);
	if (guard == GUARD_ENFORCE) {
		ok(!effect, "%s: no effect", name);
		ok(cell.kills == 1, "%s: killed (%lld, %x)", name,
		   (long long)cell.kills, cell.status);
	} else {
		ok(effect, "%s: it works (%x)", name, cell.status);
	}
	if (guard >= GUARD_AUDIT)
		ok(cell.events > 0, "%s: it is told of (%lld)", name,
		   (long long)cell.events);
	witness_expect(&cell.witness, effect);
	witness_stop(&cell.witness);
	fixture_balance(fixture, guard);
}

/*
 * What it gets is the container's and no more than it might have: but it has no reference
 * on it to give back.
 */
static void attack_by_own(const char *name)
{
	static struct cell cell;
	int i;

	cell_prepare(&cell, technique_find(name), CONTAINER_PRIVILEGED, SHOOTER_NOW);
	cell.recipe.whom = WHOM_NEWBORN;
	cell.recipe.use = USE_NONE;
	cell.recipe.as = 0;
	cell.recipe.shot.fire = FIXTURE_BIRTH;
	cell.recipe.shot.flags |= FIXTURE_F_OWN;
	/* A copy of its parent's, with nothing else in it. */
	for (i = 0; i < FIXTURE_NR_IDS; i++)
		cell.recipe.shot.ids[i] = 0;
	cell_run(&cell, guard);
	if (guard == GUARD_ENFORCE)
		ok(cell.kills == 1, "the container's own %s: killed (%lld, %x)", name,
		   (long long)cell.kills, cell.status);
	else
		ok(!cell.status, "the container's own %s: it goes on (%x)", name,
		   cell.status);
	if (guard >= GUARD_AUDIT)
		ok(cell.events > 0, "the container's own %s: it is told of (%lld)", name,
		   (long long)cell.events);
	witness_stop(&cell.witness);
	fixture_balance(fixture, guard);
}

/* What puts the child right must not do so with what the host's first process has. */
static void attack_root(void)
{
	struct stat before, after;

	if (stat("/proc/1/root/.", &before))
		bail("/proc/1/root");
	attack("fs-pointer", CONTAINER_DOCKER);
	ok(!stat("/proc/1/root/.", &after) && before.st_dev == after.st_dev &&
	   before.st_ino == after.st_ino, "the host's root stays where it is");
}

/* A process of the host with a network that no container knows. */
static pid_t start_stranger(void)
{
	int there[2];
	char byte;
	pid_t pid;

	if (pipe(there))
		bail("pipe");
	fflush(NULL);
	pid = fork();
	if (!pid) {
		if (unshare(CLONE_NEWNET) || write(there[1], "1", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	close(there[1]);
	if (pid < 0 || read(there[0], &byte, 1) != 1)
		bail("no process with another network");
	close(there[0]);
	return pid;
}

/* What it could do there only that process would see. */
static void attack_network(void)
{
	pid_t stranger = start_stranger();
	static struct cell cell;

	cell_prepare(&cell, technique_find("ns-member"), CONTAINER_DOCKER, SHOOTER_NOW);
	cell.recipe.whom = WHOM_NEWBORN;
	cell.recipe.shot.fire = FIXTURE_BIRTH;
	cell.recipe.shot.value = stranger;
	cell_run(&cell, guard);
	if (guard == GUARD_ENFORCE)
		ok(cell.kills == 1, "another's network: killed (%lld, %x)",
		   (long long)cell.kills, cell.status);
	if (guard >= GUARD_AUDIT)
		ok(cell.events > 0, "another's network: it is told of (%lld)",
		   (long long)cell.events);
	witness_stop(&cell.witness);
	fixture_balance(fixture, guard);
	kill(stranger, SIGKILL);
	waitpid(stranger, NULL, 0);
}

int main(int argc, char **argv)
{
	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	fixture_start();
	fixture = fixture_open();
	guard_start(guard);
	attack("ids", CONTAINER_DOCKER);
	attack("ids", CONTAINER_USERNS);
	/* What the fork has not given it, and is not its to give back. */
	attack("cred-init", CONTAINER_DOCKER);
	attack("nsproxy", CONTAINER_DOCKER);
	attack_by_own("cred");
	attack_by_own("nsproxy");
	attack_network();
	attack_root();
	ok(guard_stop(guard), "the guard leaves");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
