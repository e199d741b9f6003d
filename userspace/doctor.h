/* SPDX-License-Identifier: GPL-2.0 */
#ifndef NSGUARDCTL_DOCTOR_H
#define NSGUARDCTL_DOCTOR_H

#include <stdio.h>
#include <jansson.h>

/*
 * What is known of this host, as an object; null where something is not there
 * or can't be read:
 *
 *	kernel		release of the running kernel
 *	source		where the module's sources are, for DKMS
 *	installed	{ path, version, srcversion, signer } of the module that
 *			modprobe would load
 *	loaded		{ srcversion, state } of the module in the kernel; the
 *			state by its file, null where status has it
 *	status		what "nsguardctl --json status" prints
 *	containers	what "nsguardctl --json containers" prints
 *	unit		what systemctl is-enabled says of nsguard.service; null
 *			where systemd does not run
 *	lockdown	"none", "integrity" or "confidentiality"
 *	sig_enforce	whether the kernel takes signed modules only
 *	secure_boot	whether the firmware does
 *	ftrace		whether ftrace is enabled
 *	config		the kernel's options that matter, by name
 */
json_t *doctor_facts(void);

/* The options of the kernel that doctor_facts() looks up, NULL behind them. */
extern const char *const doctor_options[];

/*
 * What to make of the facts: { "well": bool, "findings": [ { "check",
 * "state" ("well", "note" or "wrong"), "text", "advice" } ] }.
 */
json_t *doctor_judge(const json_t *facts);
void doctor_text(FILE *out, const json_t *verdict);

#endif /* NSGUARDCTL_DOCTOR_H */
