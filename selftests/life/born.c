// SPDX-License-Identifier: GPL-2.0
/*
 * A container's task enters a namespace of a child that another has made and that
 * does not run yet.
 */
#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/inmate.h"
#include "life/kmsg.h"

static struct box box;

int main(void)
{
	int kmsg = kmsg_open(), status;
	struct tally tally;

	guard_load("mode=enforce");
	box_create(&box, BOX_PRIVILEGED, "newborn", NULL);
	box_go(&box);
	status = box_wait(&box);
	ok(!status, "it enters a namespace of each kind (%x)", status);
	tally = guard_tally();
	ok(!tally.events && !tally.kills, "it is no event (%lld, %lld)",
	   (long long)tally.events, (long long)tally.kills);
	ok(!kmsg_count(kmsg, KMSG_ALERT), "no alert");
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	return tap_done();
}
