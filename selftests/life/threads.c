// SPDX-License-Identifier: GPL-2.0
/*
 * The module comes and goes above containers whose threads make and reap other
 * threads all the time:
 *
 *	threads CYCLES
 *
 * Each load adopts them in the midst of that.
 */
#include <stdio.h>
#include <stdlib.h>
#include <sys/wait.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/kmsg.h"
#include "life/inmate.h"
#include "start/view.h"

static const enum box_kind kinds[] = { BOX_USERNS, BOX_DOCKER, BOX_PRIVILEGED };
#define NR_BOXES ((int)ARRAY_SIZE(kinds))

static struct box boxes[NR_BOXES];

/*
 * A new thread is one of its process for a moment before it runs, and belongs to
 * nobody's fork any more once a loader has found it.  A trace of each fork, with
 * the stack, makes that moment a long one.
 */
#define FORKS "/sys/kernel/tracing/events/sched/sched_process_fork/"

static void trace_forks(bool on)
{
	if (write_text(FORKS "trigger", on ? "stacktrace" : "!stacktrace") ||
	    write_text(FORKS "enable", on ? "1" : "0"))
		bail(FORKS);
}

static bool pause_all(void)
{
	int i;

	for (i = 0; i < NR_BOXES; i++)
		if (!box_pause(&boxes[i], NR_BREEDERS))
			return false;
	return true;
}

/* Goes on, and comes back when each container has been through some rounds. */
static bool resume_all(void)
{
	bool good = true;
	int i;

	for (i = 0; i < NR_BOXES; i++) {
		struct board *board = boxes[i].board;
		int rounds = board->rounds;

		box_resume(&boxes[i]);
		good &= board_reaches(&board->rounds, rounds + 3 * NR_BREEDERS,
				      PATIENCE_MS);
	}
	return good;
}

/* Is the number of tracked tasks that of the threads there are? */
static bool all_tracked(bool tell)
{
	int i, j, threads, sum = 0;
	bool good = true;
	struct view view;

	view_take(&view);
	for (i = 0; i < NR_BOXES; i++) {
		int64_t mnt_ns = ns_inode(boxes[i].container.pid, "mnt");
		int64_t tracked = 0;

		threads = box_threads(&boxes[i]);
		for (j = 0; j < view.count; j++)
			if (view.seen[j].mnt_ns == mnt_ns)
				tracked += view.seen[j].tasks;
		if (tell && tracked != threads)
			diag("%s: %d threads, %lld tracked",
			     box_names[boxes[i].kind], threads,
			     (long long)tracked);
		good &= tracked == threads;
		sum += threads;
	}
	if (tell && view.tasks != sum)
		diag("%d threads in all, %lld tracked", sum,
		     (long long)view.tasks);
	return good && view.tasks == sum;
}

/* What has ended is forgotten a moment later, after a grace period of RCU. */
static bool all_tracked_soon(void)
{
	int64_t limit = now_ms() + PATIENCE_MS;

	while (!all_tracked(false))
		if (now_ms() > limit)
			return all_tracked(true);
	return true;
}

static bool nobody_ended(void)
{
	int i;

	for (i = 0; i < NR_BOXES; i++)
		if (box_ended(&boxes[i]))
			return false;
	return true;
}

static bool cycle(int n, int kmsg)
{
	struct tally tally;
	bool good;

	guard_load(n % 2 ? "mode=enforce storm=0 sweep_ms=100" :
			   "mode=enforce storm=0 sweep_ms=200");
	good = ok(guard_counter_reaches("sweeps", 4, PATIENCE_MS),
		  "load %d: the sweep comes round", n);
	good &= ok(pause_all(), "load %d: all threads stand still", n);
	good &= ok(all_tracked_soon(), "load %d: each is tracked", n);
	good &= ok(resume_all(), "load %d: they go on", n);
	tally = guard_tally();
	good &= ok(!tally.events && !tally.kills,
		   "load %d: no event, no kill (%lld, %lld)", n,
		   (long long)tally.events, (long long)tally.kills);
	good &= ok(guard_stop(GUARD_ENFORCE), "load %d: it leaves", n);
	good &= ok(!kmsg_count(kmsg, KMSG_ALERT), "load %d: no alert", n);
	return ok(nobody_ended(), "load %d: nobody was killed", n) && good;
}

int main(int argc, char **argv)
{
	int i, status, cycles = argc > 1 ? atoi(argv[1]) : 0;
	int kmsg = kmsg_open();

	if (cycles < 1)
		bail("how often?");
	for (i = 0; i < NR_BOXES; i++) {
		box_create(&boxes[i], kinds[i], "threads", NULL);
		box_go(&boxes[i]);
	}
	if (!resume_all())
		bail("the containers don't work");
	trace_forks(true);
	for (i = 1; i <= cycles; i++)
		if (!cycle(i, kmsg))
			break;
	trace_forks(false);
	for (i = 0; i < NR_BOXES; i++) {
		status = box_end(&boxes[i]);
		ok(!status, "%s: ends well (%x)", box_names[kinds[i]], status);
	}
	return tap_done();
}
