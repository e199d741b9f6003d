// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

#define ATTACKER "/nsguard/tests/attack/attacker"

static char *const attacker_argv[] = { (char *)"/program", NULL };

void cell_prepare(struct cell *cell, const struct technique *technique,
		  enum container_kind kind, enum shooter shooter)
{
	memset(cell, 0, sizeof(*cell));
	cell->technique = technique;
	cell->kind = kind;
	cell->shooter = shooter;
	witness_start(&cell->witness);
	technique_recipe(technique, shooter, cell->witness.owner,
			 &cell->recipe);
}

void cell_create(struct cell *cell)
{
	unsigned int id;

	cell->container = (struct container){
		.kind = cell->kind,
		.share = cell->witness.share,
		.program = ATTACKER,
		.argv = attacker_argv,
		.leaky = cell->recipe.setns || cell->recipe.fchdir,
		.set_uid = cell->recipe.bond == BOND_NNP,
		.out = -1,
	};
	id = container_host_id(&cell->container, cell->recipe.as);
	/* Else exec() counts a process that its user does not have (a WARN). */
	if (cell->recipe.way == WAY_EXEC)
		cell->recipe.shot.ids[FIXTURE_UID] = id;
	witness_tell(&cell->witness, &cell->recipe, id);
	container_create(&cell->container);
	technique_changes(cell->technique, &cell->container, &cell->recipe,
			  cell->changes);
}

void cell_release(struct cell *cell, enum guard guard)
{
	if (guard != GUARD_NONE)
		cell->before = guard_tally();
	container_go(&cell->container);
}

void cell_start(struct cell *cell, enum guard guard)
{
	cell_create(cell);
	cell_release(cell, guard);
}

void cell_finish(struct cell *cell, enum guard guard)
{
	struct tally after;

	cell->status = container_wait(&cell->container);
	if (guard == GUARD_NONE)
		return;
	after = guard_tally();
	cell->events = after.events - cell->before.events;
	cell->kills = after.kills - cell->before.kills;
}

void cell_run(struct cell *cell, enum guard guard)
{
	cell_start(cell, guard);
	cell_finish(cell, guard);
}

/* Of its own, or of the child that it waits for, as a shell would tell. */
bool cell_killed(const struct cell *cell)
{
	return (WIFEXITED(cell->status) &&
		WEXITSTATUS(cell->status) == 128 + SIGKILL) ||
	       (WIFSIGNALED(cell->status) && WTERMSIG(cell->status) == SIGKILL);
}

bool cell_event_exact(const struct cell *cell, const char *event)
{
	const struct change *change;
	bool good = true;

	for (change = cell->changes; change->field; change++) {
		uint64_t before = 0, after = 0;
		bool there = json_change(event, change->field, &before,
					 &after);

		if (there ? before == change->before && after == change->after :
			    change->before == change->after)
			continue;
		good = false;
		diag("%s: expected %llu -> %llu, %s %llu -> %llu",
		     change->field, (unsigned long long)change->before,
		     (unsigned long long)change->after,
		     there ? "told" : "missing", (unsigned long long)before,
		     (unsigned long long)after);
	}
	return good;
}

int fixture_open(void)
{
	int fd = open("/dev/" FIXTURE_DEVICE, O_RDWR | O_CLOEXEC);

	if (fd < 0)
		bail("/dev/" FIXTURE_DEVICE);
	return fd;
}

void fixture_balance(int fixture, enum guard guard)
{
	unsigned int cmd = guard == GUARD_ENFORCE ? FIXTURE_IOC_SETTLE :
						    FIXTURE_IOC_RELEASE;
	int64_t limit = now_ms() + 10000;

	/* Orphans of a container are reaped a moment after its end. */
	while (ioctl(fixture, cmd)) {
		if (errno != EBUSY || now_ms() > limit)
			bail("close the fixture's ledger");
		usleep(10000);
	}
}
