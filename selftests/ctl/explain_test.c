// SPDX-License-Identifier: GPL-2.0
/*
 * What nsguardctl explain makes of rules and of events.
 */
#include "expect.h"
#include "rules.h"

/* Lines are joined, wherever they were broken. */
static void unfold(char *text)
{
	char *to = text;

	for (; *text; text++) {
		if (*text != ' ' && *text != '\n')
			*to++ = *text;
		else if (text[1] && text[1] != ' ' && text[1] != '\n')
			*to++ = ' ';
	}
	*to = '\0';
}

static char *explain(const char *json)
{
	json_t *event = json_loads(json, 0, NULL);
	char *text;

	if (!event)
		abort();
	text = to_text(event, explain_event_text);
	json_decref(event);
	unfold(text);
	return text;
}

static void check(const char *json, const char *want, const char *what)
{
	char *text = explain(json);

	expect_text(text, want, what);
	free(text);
}

static char *rule_text(const struct rule *rule)
{
	char *buf = NULL;
	size_t len;
	FILE *out = open_memstream(&buf, &len);

	if (!out)
		abort();
	explain_rule_text(out, rule);
	fclose(out);
	return buf;
}

static bool is_tidy(const char *text)
{
	int column = 0;

	for (; *text; text++) {
		if (*text != '\n' && (*text < ' ' || *text > '~'))
			return false;
		column = *text == '\n' ? 0 : column + 1;
		if (column > 78)
			return false;
	}
	return true;
}

static void test_rules(void)
{
	for (const struct rule *rule = rules; rule->name; rule++) {
		char *text = rule_text(rule);

		if (!ok(is_tidy(text) && strstr(text, "What to do"),
			"%s fits a terminal", rule->name))
			diag("%s", text);
		free(text);
	}
}

static void test_events(void)
{
	check("{\"rule\":\"fs-root\",\"verdict\":\"kill\",\"mode\":\"enforce\"}",
	      "its process was killed", "a kill");
	check("{\"rule\":\"fs-root\",\"verdict\":\"kill\",\"mode\":\"enforce\"}",
	      rule_find("fs-root")->gain, "what is gained by it");
	check("{\"rule\":\"fs-root\",\"verdict\":\"deny\",\"mode\":\"enforce\"}",
	      "Nobody was killed", "a refusal in a storm");
	check("{\"rule\":\"fs-root\",\"verdict\":\"audit\",\"mode\":\"audit\"}",
	      "the mode was audit", "in mode audit");
	check("{\"rule\":\"ns-foreign\",\"verdict\":\"audit\",\"mode\":\"enforce\"}",
	      "start was ambiguous", "in an ambiguous container");
	check("{\"rule\":\"adopt-implausible\",\"verdict\":\"audit\",\"mode\":\"enforce\"}",
	      "nobody saw", "of a container that ran before");
	check("{\"rule\":\"later\",\"verdict\":\"freeze\"}",
	      "does not know the verdict", "a verdict of the future");
	check("{\"rule\":\"later\",\"verdict\":\"kill\"}",
	      "does not know the rule", "a rule of the future");
	check("{\"rule\":7,\"verdict\":[],\"task\":3,\"changes\":{},\"mode\":null}",
	      "does not know the rule", "nothing as it should be");
	check("{\"rule\":\"\\u001b[2J\",\"task\":{\"comm\":\"\\u001b[2J\"}}",
	      "\"\\u001B[2J\"", "nothing reaches the terminal");
}

static void test_json(void)
{
	json_t *event = json_pack("{ss ss}", "rule", "later", "verdict", "kill");
	json_t *value = explain_event_json(event);

	expect(json_copy(json_object_get(value, "event")),
	       "{\"rule\":\"later\",\"verdict\":\"kill\"}", "JSON: the event");
	expect(json_incref(json_object_get(value, "explanation")), "null",
	       "JSON: a rule of the future");
	json_decref(value);
	json_object_set_new(event, "rule", json_string("fs-root"));
	value = explain_event_json(event);
	ok(!strcmp(json_string_value(json_object_get(json_object_get(value,
			"explanation"), "meaning")),
		   rule_find("fs-root")->meaning), "JSON: a rule's meaning");
	json_decref(value);
	json_decref(event);
}

int main(void)
{
	test_rules();
	test_events();
	test_json();
	return tap_done();
}
