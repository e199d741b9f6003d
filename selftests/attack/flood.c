// SPDX-License-Identifier: GPL-2.0
/*
 * A container that causes alerts without end hides none of another's:
 *
 *	flood ALERTS
 *
 * What is not told of is counted, and the tracepoint has all of it.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/cell.h"
#include "common/json.h"
#include "common/tap.h"
#include "common/util.h"

#define FLOODER "/nsguard/tests/attack/flooder"
#define TRACING "/sys/kernel/tracing/"
/* The module's: messages of one container in a second. */
#define QUOTA 32

/* What netlink said of one container. */
struct told {
	int64_t mnt_ns, pid, events, suppressed;
};

static struct monitor monitor;

static void start_flood(struct container *c, struct witness *witness,
			unsigned int alerts)
{
	static char *argv[] = { "/program", NULL };
	struct recipe recipe;

	witness_start(witness);
	technique_recipe(technique_find("ids"), SHOOTER_NOW, witness->owner, &recipe);
	recipe.repeat = alerts;
	witness_tell(witness, &recipe, CONTAINER_ID_BASE + recipe.as);
	*c = (struct container){
		.kind = CONTAINER_USERNS,
		.share = witness->share,
		.program = FLOODER,
		.argv = argv,
		.out = -1,
	};
	container_create(c);
	container_go(c);
}

static void listen_to(struct told *told, int count, int64_t events)
{
	static char line[65536];
	int64_t mnt_ns, value;
	int i;

	for (; events; events--) {
		if (!monitor_next(&monitor, line, sizeof(line), 10000))
			break;
		mnt_ns = -1;
		json_number(line, "mnt_ns", &mnt_ns);
		for (i = 0; i < count && told[i].mnt_ns != mnt_ns; i++)
			;
		if (i == count) {
			diag("%s", line);
			continue;
		}
		told[i].events++;
		json_number(line, "pid", &told[i].pid);
		if (json_number(line, "suppressed", &value))
			told[i].suppressed += value;
	}
	ok(!events, "every event that was sent has come (%lld have not)",
	   (long long)events);
}

static int64_t count_lines(const char *command)
{
	FILE *from = popen(command, "re");
	long long count = -1;

	if (!from || fscanf(from, "%lld", &count) != 1)
		bail("%s", command);
	pclose(from);
	return count;
}

static void judge(struct told *told, unsigned int alerts, int64_t seconds)
{
	int64_t events = guard_counter("events");
	int64_t suppressed = guard_counter("events_suppressed");
	char command[128];

	ok(events == alerts + 1, "every alert is counted (%lld)",
	   (long long)events);
	ok(!guard_counter("events_lost"), "none is lost");
	listen_to(told, 2, events - suppressed);
	ok(told[1].events == 1 && !told[1].suppressed,
	   "the other container's one has come");
	ok(told[0].events <= QUOTA * (seconds + 2),
	   "the flood is held to its quota (%lld in %lld s)",
	   (long long)told[0].events, (long long)seconds);
	ok(told[0].events + suppressed == alerts,
	   "what is not told of is counted (%lld)", (long long)suppressed);
	ok(told[0].suppressed == suppressed, "and told of (%lld)",
	   (long long)told[0].suppressed);
	snprintf(command, sizeof(command), "dmesg | grep -c 'ALERT.* pid=%lld '",
		 (long long)told[1].pid);
	ok(count_lines(command) == 1, "it is in the log as well");
	ok(count_lines("grep -c ' alert: ' " TRACING "trace") == events,
	   "the tracepoint has all of them");
	if (write_text(TRACING "events/nsguard/alert/enable", "0"))
		bail("tracing");
}

int main(int argc, char **argv)
{
	unsigned int alerts = argc > 1 ? atoi(argv[1]) : 0;
	struct told told[2] = {};
	struct container flooding;
	struct witness witness;
	static struct cell cell;
	int64_t start;
	int fixture;

	if (alerts < 4 * QUOTA)
		bail("too few alerts");
	fixture_start();
	fixture = fixture_open();
	guard_start(GUARD_AUDIT);
	/* A sweep in the midst of a shot would see half of it: one alert more. */
	guard_layers(LAYERS_BUT_SWEEP);
	monitor_start(&monitor);
	if (write_text(TRACING "events/nsguard/alert/enable", "1"))
		bail("the tracepoint");

	cell_prepare(&cell, technique_find("ids"), CONTAINER_DOCKER, SHOOTER_NOW);
	cell_create(&cell);
	told[1].mnt_ns = ns_inode(cell.container.pid, "mnt");
	start = now_ms();
	start_flood(&flooding, &witness, alerts);
	told[0].mnt_ns = ns_inode(flooding.pid, "mnt");
	ok(guard_counter_reaches("events", 2 * QUOTA, 60000),
	   "the flood is under way");
	container_go(&cell.container);
	cell.status = container_wait(&cell.container);
	ok(witness_saw(&cell.witness),
	   "the other container's attack succeeds");
	ok(!container_wait(&flooding), "the flood comes to its end");
	judge(told, alerts, (now_ms() - start) / 1000);

	witness_stop(&cell.witness);
	witness_stop(&witness);
	monitor_stop(&monitor);
	fixture_balance(fixture, GUARD_AUDIT);
	ok(guard_stop(GUARD_AUDIT), "the guard unloads");
	close(fixture);
	ok(fixture_stop(), "the fixture unloads");
	return tap_done();
}
