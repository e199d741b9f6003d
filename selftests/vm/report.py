#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Judges a guest's run by its results, its kernel log and its disk.

A run passes only when everything it announced has arrived: each test with a
plan that its results match and a good exit status, the END of the guest, an
emulator that ended by itself and a kernel log without a warning.
"""
import argparse
import re
import subprocess
import sys
from pathlib import Path

# What a kernel says when something is wrong, whatever the tests say.
TROUBLE = re.compile(r"""
    \bWARNING:\ | \bBUG:\ | kernel\ BUG\ at | \bOops\b | \bKASAN\b | \bUBSAN\b
  | \bKCSAN\b | general\ protection\ fault | unable\ to\ handle
  | double\ fault | stack\ (guard|segment) | Kernel\ panic | Bad\ page
  | INFO:\ possible | INFO:\ suspicious | suspicious\ RCU | possible\ recursive
  | inconsistent\ lock | bad\ unlock\ balance | held\ lock\ freed
  | invalid\ wait\ context | locking\ correctness\ validator
  | scheduling\ while\ atomic | sleeping\ function | rcu_\w+.*\bstall
  | \bself-detected\ stall | INFO:\ task\ .*\ blocked\ for | \w+\ lockup
  | refcount_t:\  | list_(add|del)\ corruption | kmemleak:\ .*new\ suspected
  | nobody\ cared | unregister_netdevice:\ waiting
  """, re.VERBOSE)
# The kernel has data races of its own, which it lives with.
OTHERS_RACE = re.compile(r"\bBUG: KCSAN: (?!.*\[nsguard\])")
KTAP_FAILURE = re.compile(r"\]\s+not ok \d+ ")
# Machine check, bad page, oops, warning, soft lockup.
TAINTS = {4: "machine check", 5: "bad page", 7: "oops", 9: "warning",
          14: "soft lockup"}
WARNED = 9

RESULT = re.compile(r"(not )?ok\b\s*(\d+)?\s*(?:-\s*)?(.*)$")
PLAN = re.compile(r"1\.\.(\d+)\s*(?:#\s*SKIP\S*\s*(.*))?$", re.IGNORECASE)
DIRECTIVE = re.compile(r"#\s*SKIP\S*\s*(.*)$", re.IGNORECASE)
DISK = re.compile(r"# disk-expect (\S+) (present|absent)(?: (.*))?$")


class Test:
    """One program of the guest: its stream, its end and what they amount to"""

    def __init__(self, name):
        self.name = name
        self.lines = []
        self.stderr = []
        self.exit = None
        self.passed = 0
        self.failed = 0
        self.skipped = []
        self.trouble = []
        self.disk = []

    def fail(self, what):
        self.failed += 1
        self.trouble.append(what)

    def judge(self):
        plan = None
        count = 0
        for line in self.lines:
            disk = DISK.match(line)
            if disk:
                self.disk.append(disk.groups())
                continue
            match = PLAN.match(line)
            if match:
                if plan is not None:
                    self.fail("two plans")
                plan = int(match.group(1))
                if plan == 0:
                    self.skipped.append(match.group(2) or "no reason given")
                continue
            if line.startswith("Bail out!"):
                self.fail(line)
                continue
            match = RESULT.match(line)
            if match:
                count += 1
                self.result(count, *match.groups())
        if plan is None:
            self.fail("no plan")
        elif plan != count:
            self.fail(f"the plan is {plan}, the results are {count}")
        self.judge_exit(plan)

    def result(self, count, negated, number, text):
        if number is not None and int(number) != count:
            self.fail(f"result {count} has the number {number}")
        skip = DIRECTIVE.search(text)
        if negated:
            self.fail(f"not ok {number or count} {text}")
        elif skip:
            self.skipped.append(skip.group(1) or "no reason given")
        else:
            self.passed += 1

    def judge_exit(self, plan):
        # kselftest's exit status of a program that was skipped as a whole.
        good = ("status 0", "status 4") if plan == 0 else ("status 0",)
        if self.exit is None:
            self.fail("did not end")
        elif self.exit not in good and not (self.failed and
                                            self.exit.startswith("status")):
            self.fail(f"ended with {self.exit}")

    def summary(self, took):
        text = (f"{self.passed} passed, {self.failed} failed, "
                f"{len(self.skipped)} skipped")
        word = "FAIL" if self.failed else "pass"
        return f"{word} {self.name}: {text}{took}"


class Run:
    def __init__(self, log):
        self.log = Path(log)
        self.tests = []
        self.took = {}
        self.trouble = []
        self.ended = False
        self.taint = None
        self.races = 0
        self.release = "?"

    def read_results(self):
        text = (self.log / "results").read_bytes().decode("utf-8", "replace")
        test = None
        for line in text.split("\n"):
            line = line.rstrip("\r")
            word, _, rest = line.partition(" ")
            if word == "|" and test:
                test.lines.append(rest)
            elif word == "!" and test:
                test.stderr.append(rest)
            elif word == "GUEST":
                self.release = rest
            elif word == "BEGIN":
                test = Test(rest)
                self.tests.append(test)
            elif word == "EXIT" and test:
                match = re.match(r"(\S+) (\w+(?: \d+)?) (\d+) ms$", rest)
                if match and match.group(1) == test.name:
                    test.exit = match.group(2)
                    self.took[test.name] = int(match.group(3)) / 1000
                test = None
            elif word == "LEAK":
                self.trouble.append(f"kmemleak: {rest}")
            elif word == "TAINT":
                self.taint = int(rest)
            elif word == "FATAL":
                self.trouble.append(rest)
            elif word == "END":
                self.ended = True
            elif line:
                self.trouble.append(f"stray line in the results: {line}")

    def wanted(self):
        for line in (self.log / "run.conf").read_text().splitlines():
            words = line.split(" ")
            if words[0] == "test":
                yield words[2]

    def check_all_ran(self):
        there = {test.name for test in self.tests}
        for name in self.wanted():
            if name not in there:
                test = Test(name)
                test.fail("was not run")
                self.tests.append(test)

    def check_kernel_log(self, expected, forbidden):
        where = "boot"
        text = (self.log / "console").read_bytes().decode("utf-8", "replace")
        lines = text.splitlines()
        for i, line in enumerate(lines):
            match = re.search(r"nsguard-test: (begin|end) (\S+)", line)
            if match:
                where = (match.group(2) if match.group(1) == "begin"
                         else "after " + match.group(2))
            # Lockdep tells three lines further on where that was.
            whole = ("\n".join(lines[i:i + 4])
                     if "suspicious RCU usage" in line else line)
            if expected and expected.search(whole):
                continue
            if OTHERS_RACE.search(line):
                self.races += 1
                continue
            if (TROUBLE.search(line) or KTAP_FAILURE.search(line) or
                    forbidden and forbidden.search(line)):
                self.trouble.append(f"kernel ({where}): {line.strip()}")

    def check_taint(self, expected):
        if self.taint is None:
            return
        for bit, what in TAINTS.items():
            if expected and bit == WARNED:
                continue
            if self.taint >> bit & 1:
                self.trouble.append(f"the kernel is tainted: {what}")

    def check_end(self, emulator):
        if emulator in (124, 137):
            self.trouble.append("the guest ran into its time limit")
        elif emulator:
            text = (self.log / "qemu").read_text().strip()
            self.trouble.append(f"the emulator ended with {emulator}: {text}")
        if not self.ended:
            self.trouble.append("the guest did not come to its end")
        if self.taint is None:
            self.trouble.append("the guest did not tell its taint")

    def check_disk(self, image):
        """What the guest's disk holds after power-off, one test for each"""
        for test in self.tests:
            for path, state, content in test.disk:
                found = disk_file(image, path)
                text = f"disk {path} {state}"
                if state == "absent":
                    good = found is None
                elif content is None:
                    good = found is not None
                else:
                    good = found is not None and found.rstrip("\n") == content
                    text += f" with {content!r}"
                if good:
                    test.passed += 1
                else:
                    test.fail(f"not ok {text}, but found {found!r}")

    def print_failure(self):
        for test in self.tests:
            for line in test.trouble[:20]:
                print(f"    {test.name}: {line}")
            if test.failed:
                for line in (test.stderr + comments(test.lines))[-10:]:
                    print(f"    {test.name}: > {line}")
        for line in self.trouble[:20]:
            print(f"    {line}")


def comments(lines):
    return [line for line in lines if line.startswith("#")]


def disk_file(image, path):
    """Content of a file in an ext4 image, or None"""
    stat = subprocess.run(["debugfs", "-R", f"stat {path}", image],
                          capture_output=True, text=True, check=False)
    if "Inode:" not in stat.stdout:
        return None
    if "Type: regular" not in stat.stdout:
        return ""
    return subprocess.run(["debugfs", "-R", f"cat {path}", image],
                          capture_output=True, check=False
                          ).stdout.decode("utf-8", "replace")


def shell_status(run):
    for line in run.trouble:
        print(f"run: {line}", file=sys.stderr)
    if run.trouble or not run.tests or not run.tests[0].exit:
        print(f"run: the logs are in {run.log}", file=sys.stderr)
        return 1
    kind, _, number = run.tests[0].exit.partition(" ")
    return int(number) if kind == "status" else 1


def finish(run, args):
    """Prints the results and returns the exit status"""
    for test in run.tests:
        took = run.took.get(test.name)
        print(test.summary("" if took is None else f" ({took:.1f} s)"))
        for reason in test.skipped:
            print(f"    skipped: {reason}")
    if run.races:
        print(f"    {run.races} data races that nsguard has no part in")
    passed = sum(test.passed for test in run.tests)
    failed = sum(test.failed for test in run.tests) + bool(run.trouble)
    skipped = sum(len(test.skipped) for test in run.tests)
    if failed:
        run.print_failure()
        if args.log:
            print(f"    the logs are in {run.log}")
    if args.counts:
        with open(args.counts, "a", encoding="utf-8") as out:
            out.write(f"{passed} {failed} {skipped}\n")
    return 1 if failed else 0


def host_run(args):
    """Judges one TAP stream of a program that ran on this machine"""
    test = Test(args.host)
    test.lines = Path(args.tap).read_text(errors="replace").splitlines()
    test.exit = f"status {args.status}"
    test.judge()
    run = Run(".")
    run.tests = [test]
    return finish(run, args)


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--log")
    parser.add_argument("--disk")
    parser.add_argument("--host", help="name of a program of this machine")
    parser.add_argument("--tap", help="its output")
    parser.add_argument("--status", type=int, help="its exit status")
    parser.add_argument("--emulator", type=int, default=0)
    parser.add_argument("--expect-warning", default="")
    parser.add_argument("--forbid", default="")
    parser.add_argument("--counts", default="")
    parser.add_argument("--shell", action="store_true")
    args = parser.parse_args()
    if args.host:
        return host_run(args)
    expected = args.expect_warning and re.compile(args.expect_warning)

    run = Run(args.log)
    run.read_results()
    run.check_kernel_log(expected, args.forbid and re.compile(args.forbid))
    run.check_taint(expected)
    run.check_end(args.emulator)
    if args.shell:
        return shell_status(run)

    for test in run.tests:
        test.judge()
    run.check_all_ran()
    run.check_disk(args.disk)
    return finish(run, args)


if __name__ == "__main__":
    sys.exit(main())
