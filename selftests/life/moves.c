// SPDX-License-Identifier: GPL-2.0
/*
 * A thread moves the root that it shares with others, which meanwhile
 *
 *	moves forks		fork
 *	moves unshares		make it their own
 *	moves calls LOADS	are adopted by a module that loads
 *
 * Wherever the root was when it was copied or looked for, nobody is killed.
 */
#include <stdlib.h>
#include <sys/resource.h>

#include "common/guard.h"
#include "common/tap.h"
#include "life/box.h"
#include "life/inmate.h"
#include "life/kmsg.h"

#define ROUNDS 200

static struct box box;

static bool works(int rounds)
{
	return board_reaches(&box.board->rounds, box.board->rounds + rounds,
			     PATIENCE_MS);
}

static bool load(int n)
{
	struct tally tally;
	bool good;

	guard_load("mode=enforce storm=0");
	good = ok(works(ROUNDS), "load %d: the others work on", n);
	tally = guard_tally();
	good &= ok(!tally.events && !tally.kills,
		   "load %d: no event, no kill (%lld, %lld)", n,
		   (long long)tally.events, (long long)tally.kills);
	good &= ok(!box.board->errors, "load %d: nothing failed (%s)", n,
		   box.board->error);
	good &= ok(!box_ended(&box), "load %d: nobody was killed", n);
	return ok(guard_stop(GUARD_ENFORCE), "load %d: it leaves", n) && good;
}

int main(int argc, char **argv)
{
	int i, loads = argc > 2 ? atoi(argv[2]) : 1, kmsg = kmsg_open(), status;

	if (argc < 2 || loads < 1)
		bail("what?");
	box_create(&box, BOX_PRIVILEGED, "mover", argv[1]);
	box_go(&box);
	if (!works(ROUNDS))
		bail("the container does not work");
	/* The threads want every processor all the time. */
	if (setpriority(PRIO_PROCESS, 0, -20))
		bail("priority");
	for (i = 1; i <= loads; i++)
		if (!load(i))
			break;
	status = box_end(&box);
	ok(!status, "the container ends well (%x)", status);
	ok(!kmsg_count(kmsg, KMSG_ALERT), "no alert");
	return tap_done();
}
