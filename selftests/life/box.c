// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "attack/recipe.h"
#include "common/tap.h"
#include "common/util.h"
#include "life/box.h"

#define INMATE "/nsguard/tests/life/inmate"

const char *const box_names[NR_BOX_KINDS] = {
	"userns", "docker", "privileged", "nested", "ambiguous",
};

static const enum container_kind kinds[NR_BOX_KINDS] = {
	[BOX_USERNS] = CONTAINER_USERNS,
	[BOX_DOCKER] = CONTAINER_DOCKER,
	[BOX_PRIVILEGED] = CONTAINER_PRIVILEGED,
	[BOX_NESTED] = CONTAINER_PRIVILEGED,
	[BOX_AMBIGUOUS] = CONTAINER_PRIVILEGED,
};

static void make_share(struct box *box)
{
	char path[64];

	snprintf(box->share, sizeof(box->share), "/tmp/box-XXXXXX");
	if (!mkdtemp(box->share) || chmod(box->share, 0777))
		bail("%s", box->share);
	snprintf(path, sizeof(path), "%s/" BOARD_NAME, box->share);
	box->board = board_map(path, true);
	if (!box->board)
		bail("%s", path);
}

void box_create(struct box *box, enum box_kind kind, const char *role,
		const char *arg)
{
	int n = 0;

	memset(box, 0, sizeof(*box));
	box->kind = kind;
	make_share(box);
	box->argv[n++] = (char *)"/program";
	if (kind == BOX_NESTED)
		box->argv[n++] = (char *)NEST;
	box->argv[n++] = (char *)role;
	box->argv[n++] = (char *)arg;
	box->container = (struct container){
		.kind = kinds[kind],
		.share = box->share,
		.program = INMATE,
		.argv = box->argv,
		.host_pid = kind == BOX_AMBIGUOUS,
		.set_uid = true,
		.out = -1,
	};
	container_create(&box->container);
}

void box_go(struct box *box)
{
	container_go(&box->container);
}

bool box_pause(struct box *box, int tasks)
{
	board_set(&box->board->pause, 1);
	return board_reaches(&box->board->paused, tasks, PATIENCE_MS);
}

void box_resume(struct box *box)
{
	board_set(&box->board->pause, 0);
}

void box_cgroup(const struct box *box, const char *file, char *path,
		size_t size)
{
	snprintf(path, size, "%s/%s", box->container.cgroup, file);
}

int box_threads(const struct box *box)
{
	char path[128], text[16384], *at = text;
	int count = 0;

	box_cgroup(box, "cgroup.threads", path, sizeof(path));
	if (read_text(path, text, sizeof(text)) < 0)
		bail("%s", path);
	while ((at = strchr(at, '\n'))) {
		count++;
		at++;
	}
	return count;
}

bool box_ended(const struct box *box)
{
	siginfo_t info = {};

	if (waitid(P_PID, box->container.pid, &info,
		   WEXITED | WNOHANG | WNOWAIT))
		bail("wait for the container");
	return info.si_pid;
}

/* Without a process namespace of its own its other processes outlive the first. */
static void kill_rest(const struct box *box)
{
	char path[128];
	int64_t limit = now_ms() + PATIENCE_MS;

	box_cgroup(box, "cgroup.kill", path, sizeof(path));
	if (write_text(path, "1"))
		bail("%s", path);
	/* Whoever reaps them. */
	while (box_threads(box) && now_ms() < limit) {
		waitpid(-1, NULL, WNOHANG | __WNOTHREAD);
		usleep(1000);
	}
}

int box_wait(struct box *box)
{
	siginfo_t info;
	char path[64];
	int status;

	while (waitid(P_PID, box->container.pid, &info, WEXITED | WNOWAIT))
		if (errno != EINTR)
			bail("wait for the container");
	if (box->kind == BOX_AMBIGUOUS)
		kill_rest(box);
	status = container_wait(&box->container);
	if (box->board->errors)
		diag("%s: %d errors, the first: %s", box_names[box->kind],
		     box->board->errors, box->board->error);
	board_unmap(box->board);
	box->board = NULL;
	snprintf(path, sizeof(path), "rm -r %s", box->share);
	if (system(path))
		bail("%s", path);
	return status;
}

int box_end(struct box *box)
{
	board_set(&box->board->stop, 1);
	box_resume(box);
	return box_wait(box);
}
