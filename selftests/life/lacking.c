// SPDX-License-Identifier: GPL-2.0
/*
 * The module is loaded above a container that is at its limit of memory and forks:
 *
 *	lacking LOADS
 *
 * It loads, and the container is known, however little memory that has.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/inmate.h"
#include "start/view.h"

/* What it may have more than it has. */
#define LITTLE (1 << 20)

static struct box box;

static void limit(void)
{
	char path[128], text[64];
	long long now;

	box_cgroup(&box, "memory.current", path, sizeof(path));
	if (read_text(path, text, sizeof(text)) <= 0)
		bail("%s", path);
	now = atoll(text);
	snprintf(text, sizeof(text), "%lld", now + LITTLE);
	box_cgroup(&box, "memory.max", path, sizeof(path));
	if (write_text(path, text))
		bail("%s", path);
}

/* How often the limit was met. */
static long long met(void)
{
	char path[128], text[512];
	long long count = -1;
	char *at;

	box_cgroup(&box, "memory.events", path, sizeof(path));
	if (read_text(path, text, sizeof(text)) > 0 &&
	    (at = strstr(text, "\nmax ")))
		count = atoll(at + 5);
	return count;
}

static void load(int n)
{
	struct tally tally;
	struct view view;

	guard_load("mode=enforce storm=0");
	view_take(&view);
	ok(view.count == 1 && view.seen[0].adopted && view.seen[0].certain,
	   "load %d: the container is known (%d)", n, view.count);
	tally = guard_tally();
	ok(!tally.events && !tally.kills, "load %d: no event, no kill (%lld, %lld)",
	   n, (long long)tally.events, (long long)tally.kills);
	ok(guard_stop(GUARD_ENFORCE), "load %d: it leaves", n);
}

int main(int argc, char **argv)
{
	int i, loads = argc > 1 ? atoi(argv[1]) : 0, status;
	long long before;

	if (loads < 1)
		bail("how often?");
	box_create(&box, BOX_DOCKER, "forker", NULL);
	box_go(&box);
	if (!board_reaches(&box.board->ready, NR_FORKERS, PATIENCE_MS))
		bail("the container does not work");
	/* A line for each of them whenever one is killed would be all that happens. */
	if (write_text("/proc/sys/vm/oom_dump_tasks", "0"))
		bail("oom_dump_tasks");
	limit();
	board_set(&box.board->go, 1);
	for (i = 1; i <= loads; i++) {
		before = met();
		load(i);
		ok(met() > before, "load %d: at its limit meanwhile (%lld)", i,
		   met() - before);
	}
	status = box_end(&box);
	ok(!status, "the container ends well (%x)", status);
	return tap_done();
}
