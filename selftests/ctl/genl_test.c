// SPDX-License-Identifier: GPL-2.0
/*
 * Answers of the kernel to a request: success, refusals with their text,
 * dumps that end, fail or are interrupted, and datagrams cut short.
 */
#include <errno.h>

#include "genl.h"
#include "message.h"
#include "common/tap.h"

#define SEQ	5
#define PORT	99

static struct genl g;
static char buf[MESSAGE_SIZE] __attribute__((aligned(8)));

static int count_reply(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	++*(int *)data;
	return 0;
}

static int refuse_reply(const struct nlmsghdr *nlh, void *data)
{
	(void)nlh;
	(void)data;
	return -ENOMEM;
}

static int handle(size_t len, genl_reply_t reply, void *data)
{
	char *copy = malloc(len);
	int ret;

	if (!copy)
		abort();
	memcpy(copy, buf, len);
	ret = genl_handle(&g, copy, len, reply, data);
	free(copy);
	return ret;
}

static struct nlmsghdr *start(uint16_t type)
{
	struct nlmsghdr *nlh = mnl_nlmsg_put_header(buf);

	g.seq = SEQ;
	g.portid = PORT;
	g.interrupted = false;
	g.extack[0] = '\0';
	nlh->nlmsg_type = type;
	nlh->nlmsg_seq = SEQ;
	nlh->nlmsg_pid = PORT;
	return nlh;
}

/* An answer to a request of @request bytes, of which a capped one is without. */
static struct nlmsghdr *answer(int error, bool capped, size_t request)
{
	struct nlmsghdr *nlh = start(NLMSG_ERROR);
	struct nlmsgerr *err = mnl_nlmsg_put_extra_header(nlh, sizeof(*err));

	err->error = error;
	err->msg.nlmsg_len = NLMSG_HDRLEN + request;
	if (capped)
		nlh->nlmsg_flags |= NLM_F_CAPPED;
	else
		mnl_nlmsg_put_extra_header(nlh, request);
	return nlh;
}

static void put_text(struct nlmsghdr *nlh, const char *text)
{
	nlh->nlmsg_flags |= NLM_F_ACK_TLVS;
	mnl_attr_put_u32(nlh, NLMSGERR_ATTR_OFFS, 20);
	mnl_attr_put_strz(nlh, NLMSGERR_ATTR_MSG, text);
}

static void test_answers(void)
{
	char longer[600];
	struct nlmsghdr *nlh;

	nlh = answer(0, true, 20);
	ok(handle(nlh->nlmsg_len, NULL, NULL) == 0, "success");

	nlh = answer(-EPERM, false, 20);
	put_text(nlh, "locked");
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EPERM &&
	   !strcmp(g.extack, "locked"), "a refusal with the request and a text");

	nlh = answer(-EINVAL, true, 20);
	put_text(nlh, "not here");
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EINVAL &&
	   !strcmp(g.extack, "not here"), "a refusal with a text alone");

	nlh = answer(-EINVAL, true, 20);
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EINVAL && !g.extack[0],
	   "a refusal without a text");

	memset(longer, 'x', sizeof(longer) - 1);
	longer[sizeof(longer) - 1] = '\0';
	nlh = answer(-EINVAL, true, 20);
	put_text(nlh, longer);
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EINVAL &&
	   strlen(g.extack) == sizeof(g.extack) - 1, "a text that is too long");

	nlh = answer(-EINVAL, true, 20);
	put_text(nlh, "cut");
	((struct nlmsgerr *)mnl_nlmsg_get_payload(nlh))->msg.nlmsg_len = -1U;
	nlh->nlmsg_flags &= ~NLM_F_CAPPED;
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EINVAL && !g.extack[0],
	   "a request longer than its answer");

	nlh = start(NLMSG_ERROR);
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EBADMSG, "an empty answer");
}

static struct nlmsghdr *done(int error)
{
	struct nlmsghdr *nlh = start(NLMSG_DONE);

	*(int *)mnl_nlmsg_put_extra_header(nlh, sizeof(error)) = error;
	return nlh;
}

static void test_dumps(void)
{
	struct nlmsghdr *nlh = start(FAMILY);
	int replies = 0;
	int ret;

	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	ok(handle(nlh->nlmsg_len, count_reply, &replies) == 1 && replies == 1,
	   "a part of a dump asks for more");
	ok(handle(nlh->nlmsg_len, refuse_reply, NULL) == -ENOMEM,
	   "a reader that fails ends it");

	nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
	ret = handle(nlh->nlmsg_len, count_reply, &replies);
	ok(ret == 1 && replies == 2 && g.interrupted,
	   "an interrupted dump is read to its end");
	nlh = done(0);
	g.interrupted = true;
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EINTR, "and says so there");

	nlh = done(0);
	ok(handle(nlh->nlmsg_len, NULL, NULL) == 0, "a dump ends");
	nlh = done(0);
	nlh->nlmsg_flags |= NLM_F_DUMP_INTR;
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EINTR,
	   "a dump interrupted in its last part");
	nlh = done(-EPERM);
	put_text(nlh, "no dump");
	ok(handle(nlh->nlmsg_len, NULL, NULL) == -EPERM &&
	   !strcmp(g.extack, "no dump"), "a dump that fails in its midst");
}

static void test_strangers(void)
{
	struct nlmsghdr *nlh = start(FAMILY);
	int replies = 0;

	mnl_nlmsg_put_extra_header(nlh, GENL_HDRLEN);
	nlh->nlmsg_seq = SEQ - 1;
	ok(handle(nlh->nlmsg_len, count_reply, &replies) == 1 && !replies,
	   "an answer to an older request is passed over");
	nlh->nlmsg_seq = SEQ;
	nlh->nlmsg_pid = 0;
	ok(handle(nlh->nlmsg_len, count_reply, &replies) == 1 && !replies,
	   "an event between the replies is passed over");
	nlh->nlmsg_pid = PORT;
	ok(handle(nlh->nlmsg_len - 1, count_reply, &replies) == -EBADMSG,
	   "a datagram cut short");
	nlh->nlmsg_len = NLMSG_HDRLEN;
	ok(handle(NLMSG_HDRLEN, count_reply, &replies) == -EBADMSG && !replies,
	   "a reply without a generic header");
}

int main(void)
{
	test_answers();
	test_dumps();
	test_strangers();
	return tap_done();
}
