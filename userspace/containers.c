// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <linux/nsguard.h>

#include "attr.h"
#include "genl.h"
#include "output.h"
#include "verb.h"

#define DUMP_TRIES	5

static const struct attr_spec container_spec[] = {
	{ ATTR_U64,	NSGUARD_A_CONTAINER_ID,		"id" },
	{ ATTR_STRING,	NSGUARD_A_CONTAINER_NAME,	"name" },
	{ ATTR_STRING,	NSGUARD_A_CONTAINER_CGROUP,	"cgroup" },
	{ ATTR_BOOL,	NSGUARD_A_CONTAINER_CERTAIN,	"certain" },
	{ ATTR_U32,	NSGUARD_A_CONTAINER_TASKS,	"tasks" },
	{ ATTR_U64,	NSGUARD_A_CONTAINER_EVENTS,	"events" },
	{ ATTR_TIME,	NSGUARD_A_CONTAINER_STARTED,	"started" },
	{ ATTR_U32,	NSGUARD_A_CONTAINER_MNT_NS,	"mnt_ns" },
	{ ATTR_U32,	NSGUARD_A_CONTAINER_PID_NS,	"pid_ns" },
	{ ATTR_U32,	NSGUARD_A_CONTAINER_USER_NS,	"user_ns" },
	{ ATTR_BOOL,	NSGUARD_A_CONTAINER_ADOPTED,	"adopted" },
	{ ATTR_U64,	NSGUARD_A_CONTAINER_PARENT,	"parent" },
	{ ATTR_END },
};

/* What the table shows; the rest is for --json. */
static const struct {
	const char *key;
	const char *title;
	int width;
} columns[] = {
	{ "id",		"ID",		6 },
	{ "tasks",	"TASKS",	7 },
	{ "events",	"EVENTS",	8 },
	{ "parent",	"PARENT",	8 },
	{ "certain",	"CERTAIN",	9 },
	{ "mnt_ns",	"MNT NS",	12 },
	{ "started",	"STARTED",	32 },
	{ "name",	"NAME",		0 },
};

json_t *container_read(const struct nlmsghdr *nlh)
{
	return attr_read(nlh, container_spec);
}

void containers_text(FILE *out, const json_t *list)
{
	json_t *container;
	size_t i;

	for (size_t c = 0; c < ARRAY_SIZE(columns); c++)
		fprintf(out, "%-*s", columns[c].width, columns[c].title);
	fputc('\n', out);
	json_array_foreach(list, i, container) {
		for (size_t c = 0; c < ARRAY_SIZE(columns); c++) {
			const json_t *value =
				json_object_get(container, columns[c].key);

			if (columns[c].width)
				out_column(out, value, columns[c].width);
			else
				out_value(out, value);
		}
		fputc('\n', out);
	}
}

static int take_container(const struct nlmsghdr *nlh, void *data)
{
	return json_array_append_new(data, container_read(nlh)) ? -ENOMEM : 0;
}

/* Containers come and go while they are listed: try to get one moment. */
json_t *containers_get(struct genl *g)
{
	json_t *list = json_array();
	int ret = -EINTR;

	for (int i = 0; i < DUMP_TRIES && ret == -EINTR; i++) {
		struct nlmsghdr *nlh = genl_message(g,
						    NSGUARD_CMD_CONTAINERS_GET,
						    NLM_F_DUMP);

		json_array_clear(list);
		ret = genl_request(g, nlh, take_container, list);
	}
	if (ret == -EINTR) {
		out_error("the list changed while it was read: it may lack some containers");
	} else if (ret) {
		genl_complain(g, "cannot list the containers", ret);
		json_decref(list);
		return NULL;
	}
	return list;
}

int verb_containers(const struct ctl *ctl, int argc, char **argv)
{
	struct genl *g;
	json_t *list;

	(void)argv;
	if (argc)
		return EXIT_USAGE;
	g = genl_open();
	if (!g)
		return EXIT_FAILURE;
	list = containers_get(g);
	genl_close(g);
	if (!list)
		return EXIT_FAILURE;
	if (ctl->json)
		out_json(stdout, list);
	else
		containers_text(stdout, list);
	json_decref(list);
	return out_flush(stdout) ? EXIT_SUCCESS : EXIT_FAILURE;
}
