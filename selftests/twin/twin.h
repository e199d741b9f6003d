/* SPDX-License-Identifier: GPL-2.0 */
#ifndef SELFTESTS_TWIN_H
#define SELFTESTS_TWIN_H

#include <stdbool.h>
#include <stdint.h>

/*
 * A twin reaches by legitimate means the fields that an attack reaches.  Its
 * cases run in a container as the program's argument and print what they see;
 * with the guard they must print the same.
 */
struct twin {
	const char *name;
	void (*run)(void);
};
extern const struct twin cred_twins[], ns_twins[], fs_twins[], task_twins[];

/* Stops the case with a message when @bad; the test sees the status. */
#define MUST(bad) must_not((bad), #bad, __FILE__, __LINE__)
void must_not(bool bad, const char *what, const char *file, int line);

/* Runs @body in a child; the child's exit status, 128 + N for signal N. */
int in_child(void (*body)(void *), void *arg);
/* The same, which must end with 0. */
void child_must(void (*body)(void *), void *arg);
/* A new user namespace in which the caller is root, plus other namespaces. */
void own_namespaces(int flags);
/* Another id, with the capabilities that go with it. */
void become(unsigned int id);
/* One line with ids and capabilities of the caller. */
void show_creds(const char *what);
/* Waits for a byte of a pipe; releases who waits. */
void wait_byte(int fd);
void send_byte(int fd);
void write_file(const char *path, const char *text);

#endif /* SELFTESTS_TWIN_H */
