/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_TWIN_H
#define SELFTESTS_TWIN_H

#include <stdbool.h>
#include <stdint.h>

#include "common/util.h"

/*
 * A twin reaches by legitimate means the fields that an attack reaches.  Its
 * cases run in a container as the program's argument and print what they see;
 * with the guard they must print the same.
 */
struct twin {
	const char *name;
	void (*run)(void);
};
extern const struct twin cred_twins[], exec_twins[], filter_twins[];
extern const struct twin ns_twins[], fs_twins[], share_twins[];
extern const struct twin task_twins[], trace_twins[], ring_twins[];
extern const struct twin entry32_twins[];

/* Stops the case with a message when @bad; the test sees the status. */
#define MUST(bad) must_not((bad), #bad, __FILE__, __LINE__)
void must_not(bool bad, const char *what, const char *file, int line);

/* The kernel can't do what the case needs: a skip, if nothing has failed. */
__attribute__((noreturn)) void skip(const char *reason);
#define SKIP_STATUS 4

/* Runs @body in a child; the child's exit status, 128 + N for signal N. */
int in_child(void (*body)(void *), void *arg);
/* The same, which must end with 0; what the child skips its parent skips. */
void child_must(void (*body)(void *), void *arg);
/* A new user namespace in which the caller is root, plus other namespaces. */
void own_namespaces(int flags);
/* A copy of this program that may be given bits and attributes. */
void copy_program(const char *to);
/* Executes @what as another, between two lines of credentials. */
void exec_as_user(void *path);
/* Changes something of all threads while they make system calls. */
void with_threads(void (*change)(void));
/* Another id, with the capabilities that go with it. */
void become(unsigned int id);
/* One line with ids and capabilities of the caller. */
void show_creds(const char *what);
/* Waits for a byte of a pipe; releases who waits. */
void wait_byte(int fd);
void send_byte(int fd);
void write_file(const char *path, const char *text);
void make_dir(const char *path);

/* What the program does for an administrator who called it in a container. */
void visit(void);
/* Runs a program under a tracer that stops it and its children at each call. */
int trace(char **argv);

#endif /* SELFTESTS_TWIN_H */
