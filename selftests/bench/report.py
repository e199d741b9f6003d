#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Turns what phases.sh printed into a table and judges it.

usage: report.py < OUTPUT

A phase is compared with the cheaper of the two measurements without the
module.  Exit status 1 if a limit is exceeded or a measurement is missing.
"""

import sys

# Operation, limit of the ratio or None for information only.
HOST = (
    ("getpid", 1.005),
    ("open+close", 1.005),
    ("stat", 1.005),
    ("creat+unlink", 1.005),
    ("pipe", 1.005),
    ("fork", 1.03),
    ("exec", 1.03),
    ("getppid", None),
    ("write+read", None),
    ("seccomp-getpid", None),
    ("seccomp-open+close", None),
)
CONTAINER = (
    ("getpid", 1.40),
    ("open+close", 1.07),
    ("getppid", None),
    ("stat", None),
    ("creat+unlink", None),
    ("write+read", None),
    ("pipe", None),
    ("fork", None),
    ("exec", None),
    ("seccomp-getpid", None),
)
PARTS = (
    ("host", ("before", "after"), ("loaded", "running"), HOST),
    ("container", ("before-container", "after-container"),
     ("loaded-container",), CONTAINER),
    ("container", ("before-container", "after-container"),
     ("crowd-container",), CONTAINER[:2]),
)
ROW = "%-10s %-19s %10s %10s %-17s %10s %7s %7s %6s  %s"


def read(lines):
    """Least and mean instructions by (phase, operation)."""
    values = {}
    for line in lines:
        words = line.split()
        if len(words) == 4 and not line.startswith("#"):
            values[words[0], words[1]] = float(words[2]), float(words[3])
    return values


def row(values, part, operation, bare, phase, limit):
    """Prints one row; false if it is over its limit or incomplete."""
    try:
        without = [values[name, operation] for name in bare]
        least, mean = values[phase, operation]
    except KeyError as missing:
        print(ROW % (part, operation, "-", "-", phase, "-", "-", "-",
                     limit or "", "MISSING %s" % (missing,)))
        return False
    ratio = least / min(w[0] for w in without)
    means = mean / min(w[1] for w in without)
    good = limit is None or ratio <= limit
    verdict = "" if limit is None else "OK" if good else "OVER"
    print(ROW % (part, operation, "%.0f" % without[0][0],
                 "%.0f" % without[1][0], phase, "%.0f" % least,
                 "%.4f" % ratio, "%.3f" % means,
                 "" if limit is None else "%.3f" % limit, verdict))
    return good


def main():
    values = read(sys.stdin)
    good = True
    print(ROW % ("task", "operation", "without", "again", "phase", "with",
                 "ratio", "mean", "limit", ""))
    for part, bare, phases, operations in PARTS:
        for phase in phases:
            for operation, limit in operations:
                good &= row(values, part, operation, bare, phase, limit)
    for operation in ("open+close", "creat+unlink"):
        for phase in ("alone", "crowd"):
            least, most = values.get((phase, operation), (0, 0))
            good &= least > 0
            print("%-5s %-19s 100 host tasks, loaded%s: %.0f to %.0f" %
                  (phase, operation,
                   ", 2,000 tracked tasks" if phase == "crowd" else "",
                   least, most))
    for phase in ("before", "loaded", "running", "after"):
        # Two instructions a turn, or the counter doesn't count instructions.
        if abs(values.get((phase, "loop"), (0, 0))[0] - 2) > 0.01:
            print("%s: the emulator does not count instructions" % phase)
            good = False
    print("instructions per operation: least of 60 batches; mean: ratio of the"
          " means, with interrupts and other tasks")
    print("bench: %s" % ("OK" if good else "OVER"))
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
