// SPDX-License-Identifier: GPL-2.0
/*
 * The stream of events: order, losses, the end of the module, a full disk.
 */
#include "message.h"
#include "common/tap.h"
#include "verb.h"

/* A monitor that writes into memory. */
struct fixture {
	struct monitor m;
	char *out;
	char *err;
	size_t out_len;
	size_t err_len;
	char buf[4 * MESSAGE_SIZE] __attribute__((aligned(8)));
};

static void setup(struct fixture *f, bool json)
{
	memset(f, 0, sizeof(*f));
	f->m.json = json;
	f->m.family = FAMILY;
	f->m.out = open_memstream(&f->out, &f->out_len);
	f->m.err = open_memstream(&f->err, &f->err_len);
	if (!f->m.out || !f->m.err)
		abort();
}

static void teardown(struct fixture *f)
{
	fclose(f->m.out);
	fclose(f->m.err);
	free(f->out);
	free(f->err);
}

static enum monitor_result feed(struct fixture *f, const struct nlmsghdr *nlh)
{
	struct nlmsghdr *copy = message_exact(nlh);
	enum monitor_result result = monitor_feed(&f->m, copy, copy->nlmsg_len);

	free(copy);
	fflush(f->m.out);
	fflush(f->m.err);
	return result;
}

static enum monitor_result feed_event(struct fixture *f, uint64_t seq)
{
	return feed(f, message_event(f->buf, seq));
}

/* The number at @key in line @line of what was written, or -1. */
static json_int_t line_value(const struct fixture *f, int line, const char *key)
{
	const char *p = f->out;
	json_int_t value = -1;
	json_t *object;

	for (; p && line; line--) {
		p = strchr(p, '\n');
		p = p ? p + 1 : NULL;
	}
	if (!p)
		return -1;
	object = json_loads(p, JSON_DISABLE_EOF_CHECK, NULL);
	if (json_is_integer(json_object_get(object, key)))
		value = json_integer_value(json_object_get(object, key));
	json_decref(object);
	return value;
}

static void test_json(void)
{
	struct fixture f;

	setup(&f, true);
	ok(feed_event(&f, 10) == MONITOR_MORE && line_value(&f, 0, "seq") == 10,
	   "the first event may have any number");
	feed_event(&f, 11);
	ok(line_value(&f, 1, "seq") == 11, "the next one is no gap");
	feed_event(&f, 15);
	ok(line_value(&f, 2, "lost") == 3 && line_value(&f, 3, "seq") == 15,
	   "a gap is told before the event behind it");
	feed_event(&f, 14);
	feed_event(&f, 16);
	ok(line_value(&f, 4, "seq") == 14 && line_value(&f, 5, "seq") == 16,
	   "a late event is printed and is no gap");
	ok(!f.err_len, "nothing on standard error");
	teardown(&f);
}

static void test_text(void)
{
	struct fixture f;

	setup(&f, false);
	feed_event(&f, 1);
	feed_event(&f, 3);
	ok(!strcmp(f.err, "nsguardctl: 1 events lost\n"),
	   "text: a gap is told on standard error");
	ok(!strstr(f.out, "lost") && strstr(f.out, "seq=3"),
	   "text: the output holds events alone");
	teardown(&f);
}

static void test_change(void)
{
	struct fixture f;

	setup(&f, true);
	f.m.left = 2;
	feed_event(&f, 1);
	ok(feed(&f, message_change(f.buf, "sh")) == MONITOR_MORE &&
	   strstr(f.out, "\n{\"config\":\"mode\","),
	   "a change is printed and is none of the incidents asked for");
	ok(feed_event(&f, 2) == MONITOR_DONE && line_value(&f, 2, "seq") == 2,
	   "and no gap");
	teardown(&f);

	setup(&f, false);
	feed(&f, message_change(f.buf, "sh"));
	ok(strstr(f.out, " CHANGED mode enforce -> off, by sh"),
	   "text: a change");
	teardown(&f);
}

static void test_overflow(void)
{
	struct fixture f;

	setup(&f, true);
	monitor_lost(&f.m, 0);
	fflush(f.m.out);
	ok(!strcmp(f.out, "{\"lost\":null}\n"),
	   "an overflow is told, of how many nobody knows");
	teardown(&f);

	setup(&f, false);
	monitor_lost(&f.m, 0);
	fflush(f.m.err);
	ok(!f.out_len && strstr(f.err, "buffer was full"),
	   "text: an overflow is told on standard error");
	teardown(&f);
}

static void test_bad_seq(void)
{
	struct fixture f;
	struct nlmsghdr *nlh;

	setup(&f, true);
	feed_event(&f, 1);
	nlh = message_start(f.buf, NSGUARD_CMD_EVENT);
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_SEQ, 9);
	mnl_attr_put_u32(nlh, NSGUARD_A_EVENT_SYSCALL, 42);
	feed(&f, nlh);
	ok(line_value(&f, 1, "syscall") == 42,
	   "an event with a bad number is printed");
	feed_event(&f, 3);
	ok(line_value(&f, 2, "lost") == 1, "it does not move the count");
	teardown(&f);
}

static void test_foreign(void)
{
	struct fixture f;
	struct nlmsghdr *nlh;

	setup(&f, true);
	nlh = message_event(f.buf, 1);
	nlh->nlmsg_type = FAMILY + 1;
	ok(feed(&f, nlh) == MONITOR_MORE && !f.out_len,
	   "another family's message is no event");
	ok(feed(&f, message_start(f.buf, NSGUARD_CMD_STATUS_GET)) ==
	   MONITOR_MORE && !f.out_len, "another command is no event");
	nlh = message_event(f.buf, 1);
	nlh->nlmsg_len = NLMSG_HDRLEN + 2;
	ok(feed(&f, nlh) == MONITOR_MORE && !f.out_len,
	   "a message without a generic header is no event");
	teardown(&f);
}

static void test_count(void)
{
	struct fixture f;
	struct nlmsghdr *nlh;
	size_t len;

	setup(&f, true);
	f.m.left = 2;
	nlh = message_event(f.buf, 1);
	len = nlh->nlmsg_len;
	nlh = message_event(f.buf + len, 2);
	len += nlh->nlmsg_len;
	nlh = message_event(f.buf + len, 3);
	len += nlh->nlmsg_len;
	ok(monitor_feed(&f.m, f.buf, len) == MONITOR_DONE,
	   "leaves after as many events as were asked for");
	fflush(f.m.out);
	ok(line_value(&f, 1, "seq") == 2 && line_value(&f, 2, "seq") == -1,
	   "and prints just those, of one datagram too");
	teardown(&f);
}

static void test_farewell(void)
{
	struct fixture f;
	struct nlmsghdr *nlh;

	setup(&f, true);
	nlh = message_start(f.buf, CTRL_CMD_DELFAMILY);
	nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY + 1);
	ok(feed(&f, nlh) == MONITOR_MORE, "another family's end is none");
	nlh = message_start(f.buf, CTRL_CMD_DELFAMILY);
	nlh->nlmsg_type = GENL_ID_CTRL;
	mnl_attr_put_u16(nlh, CTRL_ATTR_FAMILY_ID, FAMILY);
	ok(feed(&f, nlh) == MONITOR_GONE, "the end of the module is noticed");
	teardown(&f);
}

static void test_full_disk(void)
{
	struct fixture f;
	FILE *memory;

	setup(&f, true);
	memory = f.m.out;
	f.m.out = fopen("/dev/full", "w");
	if (!f.m.out)
		abort();
	ok(monitor_feed(&f.m, message_event(f.buf, 1), MESSAGE_SIZE) ==
	   MONITOR_BROKEN, "an output that cannot be written ends it");
	fclose(f.m.out);
	f.m.out = memory;
	teardown(&f);
}

int main(void)
{
	test_json();
	test_text();
	test_change();
	test_overflow();
	test_bad_seq();
	test_foreign();
	test_count();
	test_farewell();
	test_full_disk();
	return tap_done();
}
