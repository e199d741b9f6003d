// SPDX-License-Identifier: GPL-2.0
/*
 * The module is loaded while a thread hangs in chroot().  Its sibling, which shares
 * the root, has been adopted when the call comes through: the root moves under it by
 * a task that nsguard does not know yet, and nobody is killed.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/container.h"
#include "common/guard.h"
#include "common/tap.h"
#include "life/caught.h"

#define HANGER	"/nsguard/tests/life/hanger"
#define SHARE	"/host/caught"
#define GO	SHARE "/go"

/* Until its thread hangs. */
static void start(struct container *c)
{
	static char *const argv[] = { (char *)"/program", NULL };
	int ready[2];
	char byte;

	if (pipe(ready))
		bail("pipe");
	*c = (struct container){
		.kind = CONTAINER_PRIVILEGED,
		.share = SHARE,
		.program = HANGER,
		.argv = argv,
		.out = ready[1],
	};
	container_create(c);
	container_go(c);
	close(ready[1]);
	if (read(ready[0], &byte, 1) != 1)
		bail("the container does not begin");
	close(ready[0]);
}

int main(void)
{
	struct container c;
	struct tally tally;
	int go, status;

	if (mkdir(SHARE, 0755) || mkfifo(GO, 0600))
		bail(GO);
	go = open(GO, O_RDWR | O_CLOEXEC);
	start(&c);
	guard_start(GUARD_ENFORCE);
	if (go < 0 || write(go, "1", 1) != 1)
		bail(GO);
	status = container_wait(&c);
	ok(!status, "both go on (%x)", status);
	tally = guard_tally();
	ok(!tally.events && !tally.kills, "it is no event (%lld, %lld)",
	   (long long)tally.events, (long long)tally.kills);
	ok(guard_stop(GUARD_ENFORCE), "the guard leaves");
	close(go);
	unlink(GO);
	rmdir(SHARE);
	return tap_done();
}
