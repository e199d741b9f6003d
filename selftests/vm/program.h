/* SPDX-License-Identifier: GPL-2.0 */
#ifndef VM_PROGRAM_H
#define VM_PROGRAM_H

/*
 * Runs a shell command for at most @seconds, copies what it prints to the host
 * and kills whatever it leaves behind.
 */
void run_test(const char *name, int seconds, const char *command);

#endif
