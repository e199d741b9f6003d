// SPDX-License-Identifier: GPL-2.0
/*
 * A container enters a namespace of its own that no task was in when the module was
 * loaded above it.
 */
#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/kmsg.h"

static struct box box;

int main(void)
{
	int kmsg = kmsg_open(), status;
	struct tally tally;

	box_create(&box, BOX_PRIVILEGED, "keeper", NULL);
	box_go(&box);
	if (!board_reaches(&box.board->ready, 1, PATIENCE_MS))
		bail("the container does not start");
	guard_load("mode=enforce");
	board_set(&box.board->go, 1);
	status = box_wait(&box);
	ok(!status, "it enters it, and comes back (%x)", status);
	tally = guard_tally();
	ok(!tally.events && !tally.kills, "it is no event (%lld, %lld)",
	   (long long)tally.events, (long long)tally.kills);
	ok(!kmsg_count(kmsg, KMSG_ALERT), "no alert");
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	return tap_done();
}
