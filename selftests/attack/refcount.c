// SPDX-License-Identifier: GPL-2.0
/*
 * A thousand kills leave the host's objects as they were:
 *
 *	refcount [KILLS]
 *
 * The raw shots take no reference, like a real overwrite: what a killed task
 * drops then has to be what the guard put back.  The others take what a plain
 * kernel's exit would drop, and the ledger has to come out even.  The dropping ones
 * give back what they displace, so that what the guard puts back would be gone if
 * it did not hold it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/tap.h"
#include "common/util.h"

static const struct series {
	const char *technique;
	unsigned int flags;
	/* Which gives the attacker what he displaces to himself. */
	int bond;
	/* Of a thousand; two kinds of containers share them. */
	int permille;
} series[] = {
	{ "cred-init", FIXTURE_F_RAW, BOND_NONE, 1000 },
	{ "subjective-init", FIXTURE_F_RAW, BOND_NONE, 1000 },
	{ "nsproxy", FIXTURE_F_RAW, BOND_NONE, 1000 },
	{ "fs-root", FIXTURE_F_RAW, BOND_NONE, 1000 },
	{ "fs-pointer", FIXTURE_F_RAW, BOND_NONE, 1000 },
	{ "nsproxy-switch", 0, BOND_NONE, 1000 },
	{ "commit-init", 0, BOND_NONE, 100 },
	{ "cred", FIXTURE_F_RAW, BOND_NONE, 100 },
	{ "cred-init", 0, BOND_NONE, 100 },
	{ "cred", 0, BOND_NONE, 100 },
	{ "subjective", 0, BOND_NONE, 100 },
	{ "nsproxy", 0, BOND_NONE, 100 },
	{ "fs-root", 0, BOND_NONE, 100 },
	{ "fs-pointer", 0, BOND_NONE, 100 },
	{ "ns-member", FIXTURE_F_DROP, BOND_NONE, 100 },
	{ "groups", FIXTURE_F_DROP, BOND_GROUP, 100 },
};

static int fixture;

static void count(struct fixture_counts *counts)
{
	if (ioctl(fixture, FIXTURE_IOC_COUNTS, counts))
		bail("counts");
}

/* One container whose children attack one after the other. */
static int64_t kill_many(const struct technique *t, enum container_kind kind,
			 const struct series *s, int kills)
{
	static struct cell cell;

	cell_prepare(&cell, t, kind, SHOOTER_NOW);
	cell.recipe.shot.flags |= s->flags;
	if (s->bond)
		cell.recipe.bond = s->bond;
	cell.recipe.repeat = kills;
	cell_run(&cell, GUARD_ENFORCE);
	if (witness_saw(&cell.witness) || cell.status)
		cell.kills = -1;
	if (cell.status)
		diag("status %x", cell.status);
	witness_stop(&cell.witness);
	return cell.kills;
}

static void run_series(int i, int kills)
{
	const struct technique *t = technique_find(series[i].technique);
	struct fixture_counts before, after;
	int64_t did = 0;
	char name[64];
	int kind;

	snprintf(name, sizeof(name), "%d x %s%s", kills, t->name,
		 series[i].flags & FIXTURE_F_RAW ? " (raw)" :
		 series[i].flags & FIXTURE_F_DROP ? " (dropping)" : "");
	count(&before);
	for (kind = 0; kind < NR_QUICK_KINDS; kind++)
		did += kill_many(t, kind, &series[i], kills / 2);
	fixture_balance(fixture, GUARD_ENFORCE);
	count(&after);

	ok(did == kills, "%s: all killed, none had an effect (%lld)", name,
	   (long long)did);
	ok(before.init_cred == after.init_cred, "%s: init_cred %lld to %lld",
	   name, before.init_cred, after.init_cred);
	ok(before.init_nsproxy == after.init_nsproxy,
	   "%s: initial nsproxy %lld to %lld", name, before.init_nsproxy,
	   after.init_nsproxy);
	ok(before.init_fs == after.init_fs, "%s: fs of pid 1 %lld to %lld",
	   name, before.init_fs, after.init_fs);
	ok(before.init_user_nproc == after.init_user_nproc,
	   "%s: processes of root %lld to %lld", name, before.init_user_nproc,
	   after.init_user_nproc);
	/* Files come and go below the root, but not by the hundred. */
	ok(llabs(before.root_dentry - after.root_dentry) <= kills / 20,
	   "%s: dentry of the root %lld to %lld", name, before.root_dentry,
	   after.root_dentry);
}

int main(int argc, char **argv)
{
	int kills = argc > 1 ? atoi(argv[1]) : 1000;
	size_t i;

	fixture_start();
	fixture = fixture_open();
	guard_start(GUARD_ENFORCE);
	for (i = 0; i < ARRAY_SIZE(series); i++)
		run_series(i, kills * series[i].permille / 1000);
	ok(guard_stop(GUARD_ENFORCE), "the guard unloads");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
