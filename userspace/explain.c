// SPDX-License-Identifier: GPL-2.0
/*
 * What a rule means, or what an event that monitor --json printed means.
 */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "output.h"
#include "rules.h"
#include "verb.h"

static const struct {
	const char *verdict;
	const char *text;
} done[] = {
	{ "kill", "The operation was refused, the task's state was put back and its process was killed." },
	{ "deny", "The operation was refused and the task's state was put back. Nobody was killed, since there were violations in too many containers at once (rule kill-storm)." },
};

static void text_section(FILE *out, const char *title, const char *text)
{
	fprintf(out, "\n%s\n", title);
	out_paragraph(out, text, 4, 0);
}

static void text_rule(FILE *out, const struct rule *rule)
{
	text_section(out, "What it means", rule->meaning);
	text_section(out, "What an attacker gains", rule->gain);
	text_section(out, "What may look like it", rule->innocent);
	text_section(out, "What to do", rule->next);
}

void explain_rule_text(FILE *out, const struct rule *rule)
{
	fprintf(out, "%s (%s, ATT&CK %s)\n", rule->name, rule->family,
		rule->technique);
	out_paragraph(out, rule->title, 4, 0);
	text_rule(out, rule);
}

static bool is(const json_t *event, const char *key, const char *value)
{
	const char *text = json_string_value(json_object_get(event, key));

	return text && !strcmp(text, value);
}

static const char *what_was_done(const json_t *event)
{
	for (size_t i = 0; i < ARRAY_SIZE(done); i++) {
		if (is(event, "verdict", done[i].verdict))
			return done[i].text;
	}
	if (!is(event, "verdict", "audit"))
		return "This nsguardctl does not know the verdict: it is older than the module.";
	if (is(event, "mode", "audit"))
		return "Nothing: the mode was audit. The task went on with its new state.";
	if (is(event, "rule", "adopt-implausible"))
		return "Nothing: nobody saw how it came about. The task went on with its new state.";
	return "Nothing: the container's start was ambiguous, and there moves that the kernel allows are only reported. \"nsguardctl register\" says that it is a container. The task went on with its new state.";
}

void explain_event_text(FILE *out, const json_t *event)
{
	const char *name = json_string_value(json_object_get(event, "rule"));
	const struct rule *rule = name ? rule_find(name) : NULL;

	event_text(out, event);
	text_section(out, "What was done", what_was_done(event));
	if (rule)
		text_rule(out, rule);
	else
		text_section(out, "What it means",
			     "This nsguardctl does not know the rule: it is older than the module.");
}

static json_t *rule_json(const struct rule *rule)
{
	return json_pack("{ss ss ss ss ss ss ss ss}", "rule", rule->name,
			 "family", rule->family, "technique", rule->technique,
			 "title", rule->title, "meaning", rule->meaning,
			 "gain", rule->gain, "innocent", rule->innocent,
			 "next", rule->next);
}

json_t *explain_event_json(json_t *event)
{
	const char *name = json_string_value(json_object_get(event, "rule"));
	const struct rule *rule = name ? rule_find(name) : NULL;

	return json_pack("{sO ss so}", "event", event, "done",
			 what_was_done(event), "explanation",
			 rule ? rule_json(rule) : json_null());
}

static void show_json(json_t *value)
{
	out_json(stdout, value);
	json_decref(value);
}

static void list_rules(bool json)
{
	json_t *list = json_array();

	for (const struct rule *rule = rules; rule->name; rule++) {
		if (json)
			json_array_append_new(list, rule_json(rule));
		else
			printf("%-18s %s\n", rule->name, rule->title);
	}
	if (json)
		show_json(list);
	else
		json_decref(list);
}

static void show_event(const struct ctl *ctl, json_t *event, bool first)
{
	if (ctl->json) {
		show_json(explain_event_json(event));
		return;
	}
	if (!first)
		fputc('\n', stdout);
	explain_event_text(stdout, event);
}

/* monitor writes losses and changes of what is guarded between the events. */
static bool is_between(const json_t *value)
{
	return json_object_get(value, "lost") ||
	       json_object_get(value, "config");
}

static bool is_event(const json_t *value)
{
	return json_object_get(value, "rule");
}

static bool at_end(FILE *in)
{
	int c;

	do
		c = getc(in);
	while (isspace(c));
	if (c != EOF)
		ungetc(c, in);
	return c == EOF;
}

static int explain_events(const struct ctl *ctl, FILE *in, const char *name)
{
	bool first = true;

	while (!at_end(in)) {
		json_error_t error;
		json_t *value = json_loadf(in, JSON_DISABLE_EOF_CHECK, &error);

		if (!value) {
			out_error("explain: %s is not JSON: %s", name,
				  error.text);
			return -1;
		}
		if (is_event(value)) {
			show_event(ctl, value, first);
			first = false;
		} else if (!is_between(value)) {
			out_error("explain: %s holds something else than events of monitor --json",
				  name);
			json_decref(value);
			return -1;
		}
		json_decref(value);
	}
	if (!first)
		return 0;
	out_error("explain: no event in %s", name);
	return -1;
}

static int explain_file(const struct ctl *ctl, const char *path)
{
	FILE *in;
	int ret;

	if (!strcmp(path, "-"))
		return explain_events(ctl, stdin, "the standard input");
	in = fopen(path, "re");
	if (!in) {
		out_error("explain: \"%s\" is neither a rule (explain without argument lists them) nor a file: %s",
			  path, strerror(errno));
		return -1;
	}
	ret = explain_events(ctl, in, path);
	fclose(in);
	return ret;
}

int verb_explain(const struct ctl *ctl, int argc, char **argv)
{
	const struct rule *rule;
	int ret = 0;

	if (argc > 1)
		return EXIT_USAGE;
	rule = argc ? rule_find(argv[0]) : NULL;
	if (!argc)
		list_rules(ctl->json);
	else if (rule && ctl->json)
		show_json(rule_json(rule));
	else if (rule)
		explain_rule_text(stdout, rule);
	else
		ret = explain_file(ctl, argv[0]);
	return out_flush(stdout) && !ret ? EXIT_SUCCESS : EXIT_FAILURE;
}
