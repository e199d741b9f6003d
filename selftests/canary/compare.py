#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Compares what the canary's cases said with nsguard and without, as TAP.

usage: compare.py LOG BOOT BOOT...

LOG has a folder of each boot's logs; the first is what the others have to be
like. What is compared are the lines of a case that begin with "#".
"""
import difflib
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "vm"))
import report  # noqa: E402


def outputs(log):
    run = report.Run(log)
    run.read_results()
    return {test.name: report.comments(test.lines) for test in run.tests}


def main():
    log, first, *others = sys.argv[1:]
    want = outputs(Path(log, first))
    count = failed = 0
    for mode in others:
        have = outputs(Path(log, mode))
        for name in sorted(want.keys() | have.keys()):
            count += 1
            diff = list(difflib.unified_diff(
                want.get(name, []), have.get(name, []), f"{name} {first}",
                f"{name} {mode}", lineterm="", n=1))
            # A case that says nothing shows nothing.
            good = not diff and want.get(name)
            failed += not good
            print(f"{'ok' if good else 'not ok'} {count} - {name}: "
                  f"{mode} says the same as {first}")
            for line in diff[:60]:
                print(f"# {line}")
    print(f"1..{count}")
    return 1 if failed or not count else 0


if __name__ == "__main__":
    sys.exit(main())
