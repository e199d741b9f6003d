// SPDX-License-Identifier: GPL-2.0
/*
 * The module is loaded above a container in which one task looks into another, which
 * the loader meets later:
 *
 *	peek LOADS
 *
 * Who is not known yet is no visitor from outside.
 */
#include <stdlib.h>

#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"
#include "life/inmate.h"
#include "life/kmsg.h"

static struct box box;

static void load(int n)
{
	int rounds = box.board->rounds;
	struct tally tally;

	guard_load("mode=enforce storm=0");
	ok(box.board->rounds > rounds, "load %d: it looked on meanwhile", n);
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
	box_create(&box, BOX_PRIVILEGED, "peeker", NULL);
	box_go(&box);
	if (!board_reaches(&box.board->ready, 1, PATIENCE_MS))
		bail("the container does not start: %s", box.board->error);
	for (i = 1; i <= loads && !box_ended(&box); i++)
		load(i);
	status = box_end(&box);
	ok(i == loads + 1 && !status, "the container ends well (%x)", status);
	ok(!kmsg_count(kmsg, KMSG_ALERT), "no alert");
	return tap_done();
}
