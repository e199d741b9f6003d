// SPDX-License-Identifier: GPL-2.0
/*
 * The module is loaded above a container with many threads and a task that makes
 * another and ends, which does so too, and so on:
 *
 *	chain LOADS
 *
 * Whichever of the chain is alive in the end is tracked.
 */
#include <stdlib.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/inmate.h"
#include "life/kmsg.h"
#include "start/view.h"

static struct box box;

static bool all_tracked(int *threads, int64_t *tracked)
{
	struct view view;

	view_take(&view);
	*tracked = view.tasks;
	*threads = box_threads(&box);
	return *tracked == *threads;
}

/* What has ended is forgotten a moment later, after a grace period of RCU. */
static void check_tracked(int n)
{
	int64_t limit = now_ms() + 10000, tracked;
	int threads;
	bool all;

	while (!(all = all_tracked(&threads, &tracked)) && now_ms() < limit)
		;
	ok(all && threads > NR_BEFORE,
	   "load %d: each is tracked (%d threads, %lld)", n, threads,
	   (long long)tracked);
}

static void load(int n)
{
	int rounds = box.board->rounds;
	struct tally tally;

	guard_load("mode=enforce storm=0");
	ok(box.board->rounds > rounds, "load %d: the chain went on meanwhile", n);
	ok(box_pause(&box, 1), "load %d: it stands still", n);
	check_tracked(n);
	box_resume(&box);
	tally = guard_tally();
	ok(!tally.events && !tally.kills && !box.board->errors,
	   "load %d: nobody was hindered (%lld, %lld)", n,
	   (long long)tally.events, (long long)tally.kills);
	ok(guard_stop(GUARD_ENFORCE), "load %d: it leaves", n);
}

int main(int argc, char **argv)
{
	int i, loads = argc > 1 ? atoi(argv[1]) : 0, kmsg = kmsg_open(), status;

	if (loads < 1)
		bail("how often?");
	box_create(&box, BOX_DOCKER, "runner", NULL);
	box_go(&box);
	if (!board_reaches(&box.board->ready, 1, PATIENCE_MS))
		bail("the container does not work");
	for (i = 1; i <= loads; i++)
		load(i);
	status = box_end(&box);
	ok(!status, "the container ends well (%x)", status);
	ok(!kmsg_count(kmsg, KMSG_ALERT), "no alert");
	return tap_done();
}
