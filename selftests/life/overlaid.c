// SPDX-License-Identifier: GPL-2.0
/*
 * An honest task sleeps in the midst of a call for which the kernel has given it
 * another subjective credential (overlayfs does, to open what lies below).  The
 * sweep comes by, and that is none of its business.
 *
 *	host		/host/overlaid/low/file		<- the test's lease
 *	container	/share/low/file below /tmp/all/file	<- its open()
 */
#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/container.h"
#include "common/guard.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/lease.h"

#define OPENER	"/nsguard/tests/life/opener"
#define SHARE	"/host/overlaid"
#define PATIENCE_MS 120000

static void make_share(void)
{
	if (mkdir(SHARE, 0755) || mkdir(SHARE "/low", 0755) ||
	    mkdir(SHARE "/lower", 0755))
		bail(SHARE);
	put_file(SHARE "/low/file", "1", 1, 0644);
}

static bool hangs(int lease)
{
	int64_t limit = now_ms() + PATIENCE_MS;

	while (!lease_wanted(lease)) {
		if (now_ms() > limit)
			return false;
		usleep(1000);
	}
	return true;
}

static void open_below(void)
{
	static char *const argv[] = { (char *)"/program", NULL };
	struct container c = {
		.kind = CONTAINER_PRIVILEGED,
		.share = SHARE,
		.program = OPENER,
		.argv = argv,
		.out = -1,
	};
	int lease = lease_take(SHARE "/low/file"), status;

	container_create(&c);
	container_go(&c);
	if (!ok(hangs(lease), "it hangs in its open()"))
		kill(c.pid, SIGKILL);
	ok(guard_counter_reaches("sweeps", guard_counter("sweeps") + 3,
				 PATIENCE_MS), "the sweep comes by");
	lease_give_up(lease);
	status = container_wait(&c);
	ok(!status, "it goes on (%x)", status);
}

int main(void)
{
	struct tally tally;

	make_share();
	lease_patience(true);
	guard_start(GUARD_ENFORCE);
	guard_set("sweep_ms", "200");
	open_below();
	tally = guard_tally();
	ok(!tally.events && !tally.kills, "it is no event (%lld, %lld)",
	   (long long)tally.events, (long long)tally.kills);
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	lease_patience(false);
	unlink(SHARE "/low/file");
	rmdir(SHARE "/low");
	rmdir(SHARE "/lower");
	rmdir(SHARE);
	return tap_done();
}
