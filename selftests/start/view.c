// SPDX-License-Identifier: GPL-2.0
#include <stdio.h>
#include <string.h>

#include "common/json.h"
#include "common/tap.h"
#include "view.h"

static void ask(const char *command, char *text, size_t size)
{
	FILE *from = popen(command, "re");
	size_t len;

	if (!from)
		bail("%s", command);
	len = fread(text, 1, size - 1, from);
	text[len] = '\0';
	if (pclose(from))
		bail("%s", command);
	json_compact(text);
}

/* A container's object holds no other, so the next brace is its end. */
static void read_container(struct view *view, char *object)
{
	struct seen *seen = &view->seen[view->count++];
	char *end = strchr(object, '}');

	if (!end || view->count > VIEW_MAX)
		bail("containers: %s", object);
	*end = '\0';
	if (!json_number(object, "id", &seen->id) ||
	    !json_number(object, "tasks", &seen->tasks) ||
	    !json_number(object, "events", &seen->events) ||
	    !json_number(object, "mnt_ns", &seen->mnt_ns) ||
	    !json_number(object, "pid_ns", &seen->pid_ns) ||
	    !json_number(object, "user_ns", &seen->user_ns) ||
	    !json_string(object, "cgroup", seen->cgroup,
			 sizeof(seen->cgroup)))
		bail("container: %s", object);
	json_number(object, "parent", &seen->parent);
	seen->certain = strstr(object, "\"certain\":true");
	seen->adopted = strstr(object, "\"adopted\":true");
	*end = '}';
}

void view_take(struct view *view)
{
	static char text[65536];
	char *at;

	memset(view, 0, sizeof(*view));
	ask("nsguardctl --json containers", text, sizeof(text));
	for (at = text; (at = strchr(at, '{')); at++)
		read_container(view, at);
	ask("nsguardctl --json status", text, sizeof(text));
	if (!json_number(text, "tasks", &view->tasks))
		bail("status: %s", text);
}

const struct seen *view_find(const struct view *view, int64_t id)
{
	int i;

	for (i = 0; i < view->count; i++)
		if (view->seen[i].id == id)
			return &view->seen[i];
	return NULL;
}

const struct seen *view_new(const struct view *before, const struct view *after,
			    int *count)
{
	const struct seen *found = NULL;
	int i;

	*count = 0;
	for (i = 0; i < after->count; i++) {
		if (view_find(before, after->seen[i].id))
			continue;
		found = &after->seen[i];
		(*count)++;
	}
	return found;
}

void view_show(const struct view *view)
{
	int i;

	diag("%lld tracked tasks", (long long)view->tasks);
	for (i = 0; i < view->count; i++)
		diag("container %lld in %lld: %s, %lld tasks, mnt_ns %lld, %s",
		     (long long)view->seen[i].id,
		     (long long)view->seen[i].parent,
		     view->seen[i].certain ? "certain" : "ambiguous",
		     (long long)view->seen[i].tasks,
		     (long long)view->seen[i].mnt_ns, view->seen[i].cgroup);
}
