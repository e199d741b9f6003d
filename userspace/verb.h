/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARDCTL_VERB_H
#define NSGUARDCTL_VERB_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <jansson.h>
#include <libmnl/libmnl.h>

#define EXIT_USAGE	2	/* main() explains the usage */

struct genl;
struct rule;

/* What the command line asked for. */
struct ctl {
	bool json;
	uint64_t count;		/* monitor: leave after so many events, 0: never */
	uint64_t pid;		/* register: a process of the container, 0: none */
};

/*
 * A verb takes its arguments without its own name and returns the exit code.
 * It opens the family itself, so that a wrong argument is told even where the
 * module is not loaded.
 */
int verb_status(const struct ctl *ctl, int argc, char **argv);
int verb_containers(const struct ctl *ctl, int argc, char **argv);
int verb_register(const struct ctl *ctl, int argc, char **argv);
int verb_mode(const struct ctl *ctl, int argc, char **argv);
int verb_monitor(const struct ctl *ctl, int argc, char **argv);
int verb_explain(const struct ctl *ctl, int argc, char **argv);
int verb_doctor(const struct ctl *ctl, int argc, char **argv);

/* What the module answers, or NULL after a message on standard error. */
json_t *status_get(struct genl *g);
json_t *containers_get(struct genl *g);

/*
 * The two halves of a verb, apart from any socket: a message becomes a JSON
 * value (a new reference), and a value has one text form.
 */
json_t *status_read(const struct nlmsghdr *nlh);
/* The state of a module that guards nothing: it loads, leaves or has left. */
const char *status_unguarded(const json_t *status);
void status_text(FILE *out, const json_t *status);
json_t *container_read(const struct nlmsghdr *nlh);
void containers_text(FILE *out, const json_t *list);
json_t *event_read(const struct nlmsghdr *nlh);
void event_text(FILE *out, const json_t *event);
json_t *change_read(const struct nlmsghdr *nlh);
void change_text(FILE *out, const json_t *change);
/* What could not be read, if anything. */
void malformed_text(FILE *out, const json_t *object);

/* What a rule, and what an event, means. */
void explain_rule_text(FILE *out, const struct rule *rule);
void explain_event_text(FILE *out, const json_t *event);
json_t *explain_event_json(json_t *event);

/**
 * struct monitor - a stream of events
 * @json: one object per line instead of text
 * @out: where events go
 * @err: where losses are told in text form
 * @family: number of the generic netlink family
 * @left: incidents still to print, 0 for no limit
 * @seq: the last sequence number seen, 0 before the first event
 */
struct monitor {
	bool json;
	FILE *out;
	FILE *err;
	uint16_t family;
	uint64_t left;
	uint64_t seq;
};

enum monitor_result {
	MONITOR_MORE,
	MONITOR_DONE,		/* as many as were asked for */
	MONITOR_GONE,		/* the family was unregistered */
	MONITOR_BROKEN,		/* the output cannot be written */
};

/* Tells that some were lost; how many is only known by the numbers, 0: unknown. */
void monitor_lost(const struct monitor *m, uint64_t lost);

/* Prints what one datagram holds. */
enum monitor_result monitor_feed(struct monitor *m, const void *buf, size_t len);

#endif /* NSGUARDCTL_VERB_H */
