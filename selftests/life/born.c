// SPDX-License-Identifier: GPL-2.0
/*
 * A child has been made and does not run yet:
 *
 *	born		a task of the container enters a namespace of its
 *	born moved	its root is moved, and its parent's is another by then
 */
#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/inmate.h"
#include "life/kmsg.h"

static struct box box;

int main(int argc, char **argv)
{
	char *role = argc > 1 ? argv[1] : (char *)"newborn";
	int kmsg = kmsg_open(), status;
	struct tally tally;

	guard_load("mode=enforce");
	box_create(&box, BOX_PRIVILEGED, role, NULL);
	box_go(&box);
	status = box_wait(&box);
	ok(!status, "%s: all goes well (%x)", role, status);
	tally = guard_tally();
	ok(!tally.events && !tally.kills, "it is no event (%lld, %lld)",
	   (long long)tally.events, (long long)tally.kills);
	ok(!kmsg_count(kmsg, KMSG_ALERT), "no alert");
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	return tap_done();
}
