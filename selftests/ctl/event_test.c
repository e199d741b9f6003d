// SPDX-License-Identifier: GPL-2.0
/*
 * What nsguardctl makes of an event: of a good one, of what a hostile task can
 * put into it, and of ones that no module should send.
 */
#include "expect.h"

/* The value at @key, and @below it if not NULL, of an event. */
static json_t *event_value(const struct nlmsghdr *nlh, const char *key,
			   const char *below)
{
	json_t *event = read_exact(nlh, event_read);
	json_t *value = json_object_get(event, key);

	if (below)
		value = json_object_get(value, below);
	json_incref(value);
	json_decref(event);
	return value;
}

static char buf[MESSAGE_SIZE] __attribute__((aligned(8)));

static void test_event(void)
{
	json_t *event;
	char *text;

	expect(read_exact(message_event(buf, 12), event_read),
	       "{\"seq\":12,\"time\":\"2023-11-14T22:13:20.000000042Z\","
	       "\"rule\":\"cred-content\",\"family\":\"integrity\","
	       "\"technique\":\"T1611\",\"layer\":\"gate\","
	       "\"hook\":\"syscall_trace_enter\",\"verdict\":\"kill\","
	       "\"mode\":\"enforce\",\"container\":{\"id\":7,"
	       "\"name\":\"web\",\"mnt_ns\":4026532201},\"task\":{"
	       "\"pid\":4294967295,\"tid\":1235,\"comm\":\"sh\","
	       "\"exe\":\"/usr/bin/sh\"},\"target\":4321,\"suppressed\":9,"
	       "\"syscall\":257,\"compat\":false,"
	       "\"parents\":[{\"pid\":1200,\"comm\":\"containerd-shim\"},"
	       "{\"pid\":1,\"comm\":\"systemd\"}],\"changes\":["
	       "{\"field\":\"euid\",\"before\":4294967295,\"after\":0},"
	       "{\"field\":\"subj_cap_effective\",\"before\":1,"
	       "\"after\":2199023255551},"
	       "{\"field\":\"groups\",\"before\":\"9223372036854775808\","
	       "\"after\":9223372036854775807}]}",
	       "an event, every field exact");

	event = event_read(message_event(buf, 12));
	text = to_text(event, event_text);
	expect_text(text, "2023-11-14T22:13:20.000000042Z KILL rule=cred-content",
		    "text: the headline");
	expect_text(text, "system call 257 (openat)", "text: the system call");
	expect_text(text, "sh, pid 4294967295, thread 1235, /usr/bin/sh, meant process 4321\n",
		    "text: the task");
	expect_text(text, "containerd-shim 1200 < systemd 1\n",
		    "text: the parents");
	expect_text(text, " 4294967295 -> 0\n", "text: ids in decimal");
	expect_text(text, "0x1 -> 0x1ffffffffff +cap_dac_override ",
		    "text: capabilities by name");
	expect_text(text, " and 34 more\n", "text: a full set stays short");
	expect_text(text, "0x8000000000000000 -> 0x7fffffffffffffff\n",
		    "text: a digest beyond 63 bits");
	free(text);
	json_decref(event);
}

static void test_syscall(void)
{
	struct nlmsghdr *nlh = message_start(buf, NSGUARD_CMD_EVENT);
	json_t *event;
	char *text;

	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_SYSCALL, (uint32_t)-1);
	expect(event_value(nlh, "syscall", NULL), "-1", "no system call is -1");
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_SYSCALL, 5);
	mnl_attr_put(nlh, NSGUARD_A_EVENT_COMPAT, 0, NULL);
	event = event_read(nlh);
	text = to_text(event, event_text);
	expect_text(text, "32-bit system call 5 (open)",
		    "text: a 32-bit call by its own table");
	free(text);
	json_decref(event);
	expect(event_value(nlh, "compat", NULL), "true", "a flag is true");
}

/* What a task may call itself. */
static void test_names(void)
{
	static const struct {
		const char *comm;
		const char *json;
		const char *text;
		const char *what;
	} cases[] = {
		{ "", "\"\"", "task       \"\"\n", "empty" },
		{ "a b", "\"a b\"", "task       \"a b\"\n", "with a blank" },
		{ "%s%n", "\"%s%n\"", "task       %s%n\n", "a format" },
		{ "\033[2J", "\"\\u001b[2J\"", "task       \"\\u001B[2J\"\n",
		  "an escape sequence" },
		{ "x\ny", "\"x\\ny\"", "task       \"x\\ny\"\n", "two lines" },
		{ "a\"b\\", "\"a\\\"b\\\\\"", "task       \"a\\\"b\\\\\"\n",
		  "quotes" },
		{ "\177", "\"\177\"", "task       \"\\u007F\"\n", "DEL" },
		{ "\303\244", "\"\\u00e4\"", "task       \"\\u00E4\"\n",
		  "UTF-8" },
		{ "\302\233m", "\"\\u009bm\"", "task       \"\\u009Bm\"\n",
		  "a C1 control" },
		{ "a\377\200z", "\"a\\u00ff\\u0080z\"",
		  "task       \"a\\u00FF\\u0080z\"\n", "no UTF-8" },
		{ "ab\303", "\"ab\\u00c3\"", "task       \"ab\\u00C3\"\n",
		  "UTF-8 that is cut off" },
		{ "\355\240\200", "\"\\u00ed\\u00a0\\u0080\"",
		  "task       \"\\u00ED\\u00A0\\u0080\"\n", "a surrogate" },
	};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct nlmsghdr *nlh = message_start(buf, NSGUARD_CMD_EVENT);
		char what[80];
		json_t *event;
		char *text;

		mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_COMM, cases[i].comm);
		snprintf(what, sizeof(what), "comm, JSON: %s", cases[i].what);
		expect(event_value(nlh, "task", "comm"), cases[i].json, what);
		event = event_read(nlh);
		text = to_text(event, event_text);
		snprintf(what, sizeof(what), "comm, text: %s", cases[i].what);
		expect_text(text, cases[i].text, what);
		free(text);
		json_decref(event);
	}
}

static void test_sizes(void)
{
	struct nlmsghdr *nlh = message_start(buf, NSGUARD_CMD_EVENT);
	uint64_t number = 3;
	char *text;

	mnl_attr_put(nlh, NSGUARD_A_EVENT_COMM, 3, "abc");
	expect(event_value(nlh, "task", "comm"), "\"abc\"",
	       "a string without its NUL");
	mnl_attr_put(nlh, NSGUARD_A_EVENT_COMM, 5, "ab\0cd");
	expect(event_value(nlh, "task", "comm"), "\"ab\"",
	       "a string ends at its NUL, the last attribute counts");
	mnl_attr_put(nlh, NSGUARD_A_EVENT_COMM, 0, NULL);
	expect(event_value(nlh, "task", "comm"), "\"\"", "a string of 0 bytes");

	mnl_attr_put(nlh, NSGUARD_A_EVENT_PID, sizeof(number), &number);
	mnl_attr_put(nlh, NSGUARD_A_EVENT_SEQ, 4, &number);
	mnl_attr_put(nlh, NSGUARD_A_EVENT_MODE, 0, NULL);
	expect(event_value(nlh, "task", "pid"), "null", "a long u32 is null");
	expect(event_value(nlh, "seq", NULL), "null", "a short u64 is null");
	expect(event_value(nlh, "malformed", NULL), "[\"seq\",\"mode\",\"pid\"]",
	       "wrong sizes are named");
	expect(event_value(nlh, "task", "comm"), "\"\"",
	       "a wrong size hides nothing else");

	json_t *event = event_read(nlh);

	text = to_text(event, event_text);
	expect_text(text, "malformed  seq, mode, pid\n",
		    "text: wrong sizes are named");
	free(text);
	json_decref(event);

	nlh = message_start(buf, NSGUARD_CMD_EVENT);
	mnl_attr_put_u8(nlh, NSGUARD_A_EVENT_MODE, 9);
	expect(event_value(nlh, "mode", NULL), "9", "a mode of the future");
}

/* Attributes that reach behind what holds them. */
static void test_lengths(void)
{
	struct nlmsghdr *nlh = message_start(buf, NSGUARD_CMD_EVENT);
	struct nlattr *attr, *nest;

	expect(read_exact(nlh, event_read),
	       "{\"seq\":null,\"time\":null,\"rule\":null,\"family\":null,"
	       "\"technique\":null,\"layer\":null,\"hook\":null,"
	       "\"verdict\":null,\"mode\":null,\"container\":{\"id\":null,"
	       "\"name\":null,\"mnt_ns\":null},\"task\":{\"pid\":null,"
	       "\"tid\":null,\"comm\":null,\"exe\":null},\"target\":null,\"suppressed\":null,"
	       "\"syscall\":null,"
	       "\"compat\":false,\"parents\":[],\"changes\":[]}",
	       "an event without attributes");

	mnl_attr_put_u64(nlh, NSGUARD_A_EVENT_SEQ, 5);
	attr = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_strz(nlh, NSGUARD_A_EVENT_COMM, "sh");
	attr->nla_len = 400;
	expect(event_value(nlh, "task", "comm"), "null", "a cut attribute");
	expect(event_value(nlh, "seq", NULL), "5", "what is before it stays");
	expect(event_value(nlh, "malformed", NULL), "[\"message\"]",
	       "a cut message says so");
	attr->nla_len = 2;
	expect(event_value(nlh, "malformed", NULL), "[\"message\"]",
	       "an attribute shorter than its head");
	attr->nla_len = 0;
	expect(event_value(nlh, "malformed", NULL), "[\"message\"]",
	       "an attribute of no length");

	nlh = message_start(buf, NSGUARD_CMD_EVENT);
	nest = mnl_attr_nest_start(nlh, NSGUARD_A_EVENT_CHANGE);
	mnl_attr_put_strz(nlh, NSGUARD_A_CHANGE_FIELD, "uid");
	attr = mnl_nlmsg_get_payload_tail(nlh);
	mnl_attr_put_u64(nlh, NSGUARD_A_CHANGE_AFTER, 1);
	mnl_attr_nest_end(nlh, nest);
	attr->nla_len = 100;
	mnl_attr_put_u64(nlh, NSGUARD_A_EVENT_SEQ, 5);
	expect(event_value(nlh, "changes", NULL),
	       "[{\"field\":\"uid\",\"before\":null,\"after\":null}]",
	       "an attribute that reaches out of its nest");
	expect(event_value(nlh, "malformed", NULL), "[\"changes\"]",
	       "a cut nest says so");
	expect(event_value(nlh, "seq", NULL), "5", "what is behind it stays");

	nlh = mnl_nlmsg_put_header(buf);
	nlh->nlmsg_type = FAMILY;
	expect(event_value(nlh, "seq", NULL), "null",
	       "a message without a generic header");
}

/* Nothing may crash the tool, and an event always stays an event. */
static void test_mutations(unsigned int seed)
{
	bool good = true;

	srand(seed);
	for (int i = 0; i < 20000 && good; i++) {
		struct nlmsghdr *nlh = i % 4 ? message_event(buf, i) :
					       message_change(buf, "sh");
		struct nlmsghdr *copy;
		json_t *event;

		for (int n = rand() % 8; n >= 0; n--)
			buf[NLMSG_HDRLEN +
			    rand() % (nlh->nlmsg_len - NLMSG_HDRLEN)] = rand();
		nlh->nlmsg_len -= rand() % 3 ? 0 :
				  rand() % (nlh->nlmsg_len - NLMSG_HDRLEN);
		copy = message_exact(nlh);
		for (int r = 0; r < 4 && good; r++) {
			static const read_t reads[] = {
				event_read, status_read, container_read,
				change_read };
			static const text_t texts[] = {
				event_text, status_text, event_text,
				change_text };
			char *text;

			event = reads[r](copy);
			good = json_is_object(event);
			text = to_text(event, texts[r]);
			for (char *p = text; *p; p++)
				good &= *p == '\n' || (*p >= ' ' && *p < 0x7f);
			free(text);
			json_decref(event);
		}
		free(copy);
	}
	ok(good, "mutated messages, seed %u", seed);
}

int main(int argc, char **argv)
{
	test_event();
	test_syscall();
	test_names();
	test_sizes();
	test_lengths();
	test_mutations(argc > 1 ? strtoul(argv[1], NULL, 10) : 1);
	return tap_done();
}
