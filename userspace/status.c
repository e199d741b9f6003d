// SPDX-License-Identifier: GPL-2.0
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <linux/nsguard.h>

#include "attr.h"
#include "genl.h"
#include "names.h"
#include "output.h"
#include "verb.h"

static const struct attr_spec counter_spec[] = {
	{ ATTR_STRING,	NSGUARD_A_COUNTER_NAME,		"name" },
	{ ATTR_U64,	NSGUARD_A_COUNTER_VALUE,	"value" },
	{ ATTR_END },
};

static const struct attr_spec hook_spec[] = {
	{ ATTR_STRING,	NSGUARD_A_HOOK_NAME,		"name" },
	{ ATTR_U64,	NSGUARD_A_HOOK_HITS,		"hits" },
	{ ATTR_BOOL,	NSGUARD_A_HOOK_LIVE,		"live" },
	{ ATTR_END },
};

static const struct attr_spec status_spec[] = {
	{ ATTR_STRING,	NSGUARD_A_STATUS_VERSION,	"version" },
	{ ATTR_STATE,	NSGUARD_A_STATUS_STATE,		"state" },
	{ ATTR_MODE,	NSGUARD_A_STATUS_MODE,		"mode" },
	{ ATTR_BOOL,	NSGUARD_A_STATUS_LOCKED,	"locked" },
	{ ATTR_LAYERS,	NSGUARD_A_STATUS_LAYERS,	"layers" },
	{ ATTR_BOOL,	NSGUARD_A_STATUS_STORM,		"storm" },
	{ ATTR_U32,	NSGUARD_A_STATUS_TASKS,		"tasks" },
	{ ATTR_U32,	NSGUARD_A_STATUS_PENDING,	"pending" },
	{ ATTR_U32,	NSGUARD_A_STATUS_CONTAINERS,	"containers" },
	{ ATTR_LIST,	NSGUARD_A_STATUS_COUNTER,	"counters", counter_spec },
	{ ATTR_LIST,	NSGUARD_A_STATUS_HOOK,		"hooks", hook_spec },
	{ ATTR_END },
};

json_t *status_read(const struct nlmsghdr *nlh)
{
	json_t *status = attr_read(nlh, status_spec);
	json_t *counters = json_object(), *counter;
	size_t i;

	/* Counters are looked up by name. */
	json_array_foreach(json_object_get(status, "counters"), i, counter) {
		const char *name =
			json_string_value(json_object_get(counter, "name"));

		if (name)
			json_object_set(counters, name,
					json_object_get(counter, "value"));
	}
	json_object_set_new(status, "counters", counters);
	return status;
}

/* A module of before says nothing of a state. */
const char *status_unguarded(const json_t *status)
{
	const char *state = json_string_value(json_object_get(status, "state"));

	if (!state || !strcmp(state, state_name(NSGUARD_STATE_GUARDING)))
		return NULL;
	return state;
}

static bool is_dead(const json_t *hook)
{
	return !json_is_true(json_object_get(hook, "live"));
}

static void text_layers(FILE *out, const json_t *layers)
{
	unsigned int off = 0;
	json_t *layer;
	size_t i;

	fprintf(out, "layers      ");
	if (!json_is_array(layers)) {
		fprintf(out, "?\n");
		return;
	}
	json_array_foreach(layers, i, layer) {
		fputs(i ? " " : "", out);
		out_value(out, layer);
	}
	for (unsigned int bit = 0; layer_name(bit); bit++) {
		bool on = false;

		json_array_foreach(layers, i, layer)
			on |= !strcmp(json_string_value(layer), layer_name(bit));
		if (!on)
			fprintf(out, "%s%s", off++ ? " " : "  OFF: ",
				layer_name(bit));
	}
	fputc('\n', out);
}

static void text_unhealthy(FILE *out, const json_t *hooks)
{
	size_t i, dead = 0;
	json_t *hook;

	json_array_foreach(hooks, i, hook)
		dead += is_dead(hook);
	if (!dead)
		return;
	fprintf(out, "UNHEALTHY   %zu of %zu hooks do not run:", dead,
		json_array_size(hooks));
	json_array_foreach(hooks, i, hook) {
		if (is_dead(hook))
			out_field(out, " ", hook, "name");
	}
	fputc('\n', out);
}

static void text_row(FILE *out, const json_t *name, const json_t *value,
		     const char *note)
{
	fputs("  ", out);
	out_column(out, name, 34);
	out_value(out, value);
	fprintf(out, "%s\n", note);
}

static void text_counters(FILE *out, json_t *counters)
{
	const char *name;
	json_t *value;

	fprintf(out, "counters\n");
	json_object_foreach(counters, name, value) {
		json_t *label = json_string(name);

		text_row(out, label, value, "");
		json_decref(label);
	}
}

static void text_hooks(FILE *out, const json_t *hooks)
{
	json_t *hook;
	size_t i;

	fprintf(out, "hooks\n");
	json_array_foreach(hooks, i, hook)
		text_row(out, json_object_get(hook, "name"),
			 json_object_get(hook, "hits"),
			 is_dead(hook) ? "  NOT LIVE" : "");
}

void status_text(FILE *out, const json_t *status)
{
	const json_t *hooks = json_object_get(status, "hooks");

	fprintf(out, "nsguard");
	out_field(out, " ", status, "version");
	out_field(out, ", ", status, "state");
	out_field(out, ", mode ", status, "mode");
	if (json_is_true(json_object_get(status, "locked")))
		fprintf(out, ", locked");
	fputc('\n', out);
	/* No hook is meant to run then. */
	if (status_unguarded(status))
		fprintf(out, "UNGUARDED   the module's state is %s: nothing is guarded; nsguardctl doctor says what to do\n",
			status_unguarded(status));
	else
		text_unhealthy(out, hooks);
	if (json_is_true(json_object_get(status, "storm")))
		fprintf(out, "STORM       violations in too many containers: refused, and nobody is killed\n");
	text_layers(out, json_object_get(status, "layers"));
	fprintf(out, "tracked     ");
	out_value(out, json_object_get(status, "tasks"));
	fprintf(out, " tasks in ");
	out_value(out, json_object_get(status, "containers"));
	fprintf(out, " containers");
	if (json_integer_value(json_object_get(status, "pending")))
		fprintf(out, ", %lld of them not compared before their next system call",
			json_integer_value(json_object_get(status, "pending")));
	fputc('\n', out);
	text_counters(out, json_object_get(status, "counters"));
	text_hooks(out, hooks);
}

static int take_status(const struct nlmsghdr *nlh, void *data)
{
	json_t **status = data;

	json_decref(*status);
	*status = status_read(nlh);
	return 0;
}

json_t *status_get(struct genl *g)
{
	json_t *status = NULL;
	int ret;

	ret = genl_request(g, genl_message(g, NSGUARD_CMD_STATUS_GET, 0),
			   take_status, &status);
	if (!ret && status)
		return status;
	genl_complain(g, "cannot read the status", ret ? ret : -ENODATA);
	json_decref(status);
	return NULL;
}

int verb_status(const struct ctl *ctl, int argc, char **argv)
{
	struct genl *g;
	json_t *status;
	bool written;

	(void)argv;
	if (argc)
		return EXIT_USAGE;
	g = genl_open();
	if (!g)
		return EXIT_FAILURE;
	status = status_get(g);
	genl_close(g);
	if (!status)
		return EXIT_FAILURE;
	if (ctl->json)
		out_json(stdout, status);
	else
		status_text(stdout, status);
	written = out_flush(stdout);
	json_decref(status);
	return written ? EXIT_SUCCESS : EXIT_FAILURE;
}
