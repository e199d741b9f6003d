// SPDX-License-Identifier: GPL-2.0
/*
 * An attacker whose fs_struct was freed under him, and is a process's of the host by now,
 * where he finds the host's root:
 *
 *	lent none|audit|enforce
 *
 * What puts the attacker's root right must not put that process into the container.
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/tap.h"

static enum guard guard;
static int fixture;

static bool same_root(pid_t pid)
{
	struct stat own, its;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/root/.", pid);
	if (stat("/", &own) || stat(path, &its))
		bail("%s", path);
	return own.st_dev == its.st_dev && own.st_ino == its.st_ino;
}

static void attack(void)
{
	static struct cell cell;
	bool effect;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		bail("fork");
	while (!pid)
		pause();
	cell_prepare(&cell, technique_find("fs-root"), CONTAINER_DOCKER, SHOOTER_NOW);
	cell.recipe.shot.flags |= FIXTURE_F_LEND;
	cell.recipe.shot.value = pid;
	cell_run(&cell, guard);
	effect = witness_saw(&cell.witness);
	if (guard == GUARD_ENFORCE) {
		ok(!effect, "no effect");
		ok(cell.kills == 1, "killed (%lld, %x)", (long long)cell.kills,
		   cell.status);
	} else {
		ok(effect, "it works (%x)", cell.status);
	}
	if (guard >= GUARD_AUDIT)
		ok(cell.events > 0, "it is told of (%lld)", (long long)cell.events);
	ok(same_root(pid), "the process of the host's has the host's root");
	witness_expect(&cell.witness, effect);
	witness_stop(&cell.witness);
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	fixture_balance(fixture, guard);
}

int main(int argc, char **argv)
{
	guard = guard_by_name(argc > 1 ? argv[1] : NULL);
	fixture_start();
	fixture = fixture_open();
	guard_start(guard);
	attack();
	ok(guard_stop(guard), "the guard leaves");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
