# SPDX-License-Identifier: GPL-2.0
"""Builds the module with its mutants and runs guests with it"""
import fcntl
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path

from common import BOOT, CACHE, HERE, TOP, VM
from source import Error

sys.path.insert(0, str(VM))
import report  # noqa: E402 pylint: disable=wrong-import-position

MAGIC = b"nsguard-mutant:\0"


class Stop(Exception):
    """Somebody wants it to end"""


class Turn:
    """A lock that others wait for as well: it is kept while guests follow each other,
    for some minutes"""

    MOST = 200

    def __init__(self, path):
        self.file = open(path, "a", encoding="utf-8") if path else None
        self.lock = threading.Lock()
        self.users, self.since = 0, None

    def __enter__(self):
        with self.lock:
            if self.file and self.since is None:
                fcntl.flock(self.file, fcntl.LOCK_EX)
                self.since = time.monotonic()
            self.users += 1

    def __exit__(self, *_):
        with self.lock:
            self.users -= 1
            if self.since and time.monotonic() - self.since > self.MOST:
                self.end()

    def end(self):
        if self.since is not None and not self.users:
            fcntl.flock(self.file, fcntl.LOCK_UN)
            self.since = None


class Log(report.Run):
    """What a guest has said, by job: a test NAME and what cleans up, NAMEc"""

    def __init__(self, folder):
        super().__init__(folder)
        self.read_results()
        for test in self.tests:
            test.judge()
        self.by_name = {test.name: test for test in self.tests}
        self.kernel, self.loaded, self.reached = {}, {}, {}
        # Where the module is among the callers of what the kernel complains about
        self.called = set()
        self.read_console()

    def read_console(self):
        where = "boot"
        text = (self.log / "console").read_bytes().decode("utf-8", "replace")
        for line in text.splitlines():
            match = re.search(r"nsguard-test: (?:begin|end) (\S+)", line)
            if match:
                where = re.sub("c$", "", match.group(1))
            match = re.search(r"\] mutants (begin|reached):([ \d]*)$", line)
            if match:
                known = self.loaded if match.group(1) == "begin" else self.reached
                known.setdefault(where, set()).update(
                    int(number) for number in match.group(2).split())
            if where in self.kernel and re.search(r"\+0x\w+/0x\w+ \[nsguard\]", line):
                self.called.add(where)
            # KUnit's own "not ok" is what its test tells as well.
            if report.TROUBLE.search(line):
                self.kernel.setdefault(where, f"kernel: {line.strip()}")
        for line in self.trouble:
            match = re.match(r"(\S+?)c?: a task can't be killed", line)
            if match:
                self.kernel.setdefault(match.group(1), line)

    def fate(self, name):
        """(void, kernel, failed, passed or skipped; why)"""
        test = self.by_name.get(name)
        if name in self.kernel:
            return "kernel", self.kernel[name]
        if not test:
            return "void", None
        clean = self.by_name.get(f"{name}c")
        if not test.exit:
            # It has ended the guest, if that did not refuse to run it.
            return ("kernel", "the guest has ended") if name in self.loaded else \
                ("void", None)
        if test.failed:
            lines = [line for line in test.trouble if line.startswith("not ok")]
            return "failed", (lines or test.trouble)[0]
        if clean and clean.failed:
            return "failed", (clean.trouble or ["it left something behind"])[0]
        skipped = test.skipped and not test.passed
        return ("skipped" if skipped else "passed"), None


class Workshop:
    """A tree for what guests have in common, and for each kernel the module with
    its mutants"""

    stopping = False
    children = set()

    def __init__(self, schema, lock):
        self.schema, self.turn = schema, Turn(lock)
        self.cache = CACHE / "mutants/tree"
        self.ready = {}
        # Of guests, without the waiting
        self.boots, self.used = 0, 0
        self.locks = {kernel: threading.Lock() for kernel in ("6.12", "6.1", "debug")}
        self.cache.mkdir(parents=True, exist_ok=True)
        for name in ("image", "debug"):
            (CACHE / name).mkdir(exist_ok=True)
            if not (self.cache / name).exists():
                (self.cache / name).symlink_to(CACHE / name)

    def call(self, command, hopeless=lambda: False, **more):
        """Runs a command in a process group, which goes when this one does, or when
        it is hopeless"""
        if Workshop.stopping:
            raise Stop
        env = dict(os.environ, NSGUARD_CACHE=str(self.cache))
        with subprocess.Popen([str(word) for word in command], env=env,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              stdin=subprocess.DEVNULL, text=True,
                              errors="replace", start_new_session=True,
                              **more) as child:
            Workshop.children.add(child)
            out = None
            try:
                while out is None:
                    try:
                        out = child.communicate(timeout=2)[0]
                    except subprocess.TimeoutExpired:
                        if hopeless():
                            os.killpg(child.pid, signal.SIGTERM)
            finally:
                Workshop.children.discard(child)
        if Workshop.stopping:
            raise Stop
        return child.returncode, out

    @classmethod
    def stop(cls):
        cls.stopping = True
        for child in list(cls.children):
            try:
                os.killpg(child.pid, signal.SIGTERM)
            except ProcessLookupError:
                pass

    def must(self, command, **more):
        status, out = self.call(command, **more)
        if status:
            raise Error(f"{' '.join(str(w) for w in command)}:\n{out[-3000:]}")
        return out

    def source(self, kernel):
        return self.cache / "schema" / kernel

    def make(self, kernel):
        kdir = self.must([VM / "kernel", "kdir", kernel]).strip()
        return self.call(["make", "-j2", "-C", kdir, f"M={self.source(kernel)}",
                          *(["NSGUARD_KUNIT=y"] if kernel == "debug" else []),
                          "modules"])

    @staticmethod
    def write(path, text):
        """Only what changes is built again"""
        if not path.exists() or path.read_text() != text:
            path.write_text(text)

    def lay_out(self, kernel):
        """The sources, with what belongs to the number"""
        tree = self.source(kernel)
        for path in [TOP / "Kbuild", *(TOP / "module").rglob("*"),
                     *(TOP / "uapi").rglob("*"), *(HERE / "schema").glob("*.[ch]")]:
            if not path.is_file() or path.suffix not in (".c", ".h", ".S", ""):
                continue
            target = tree / (path.relative_to(TOP) if path.parent.name != "schema"
                             else f"module/{path.name}")
            target.parent.mkdir(parents=True, exist_ok=True)
            text = path.read_text()
            if path.parent == TOP / "module" and path.name in self.schema.sources:
                text = self.schema.text(path.name)
            if path == TOP / "module/Kbuild":
                text += ("nsguard-y += nsg_mutant.o\n"
                         f"ccflags-y += -DNSG_MUTANTS={len(self.schema.mutants)} "
                         "-include $(src)/nsg_mutant.h\n")
            self.write(target, text)

    def prepare(self, kernel):
        """One module with all mutants, and the guest's root; what does not compile
        so is left for a build of its own"""
        with self.locks[kernel]:
            if kernel in self.ready:
                return
            self.must([VM / "kernel", "prepare", kernel])
            self.must([VM / "build", kernel])
            while True:
                self.lay_out(kernel)
                status, out = self.make(kernel)
                if not status:
                    break
                places = set(re.findall(r"/module/([\w.]+):(\d+):\d+: error", out))
                if not places:
                    raise Error(f"the module does not build:\n{out[-3000:]}")
                for name, line in places:
                    self.schema.blame(name, int(line))
                self.schema.plant()
            folder = self.cache / "built" / kernel
            shutil.rmtree(folder, ignore_errors=True)
            folder.mkdir(parents=True)
            self.keep(kernel, folder / "nsguard.ko")
            self.ready[kernel] = folder

    def keep(self, kernel, target):
        """The module just built, and where its number is"""
        self.must(["strip", "--strip-debug", "-o", target,
                   self.source(kernel) / "module/nsguard.ko"])
        data = target.read_bytes()
        if data.count(MAGIC) != 1:
            raise Error("the module has no number")
        target.with_suffix(".offset").write_text(
            f"{data.index(MAGIC) + len(MAGIC)}\n")

    def alone(self, kernel, mutant):
        """The file of the module with a mutant that is not in the schema"""
        target = self.ready[kernel] / f"{self.schema.numbers[mutant.name]}.ko"
        with self.locks[kernel]:
            if target.exists():
                return target
            path = self.source(kernel) / "module" / mutant.source.name
            path.write_text(mutant.apply())
            try:
                status, out = self.make(kernel)
                if status:
                    raise Error(f"{mutant.name} does not build:\n{out[-2000:]}")
                self.keep(kernel, target)
            finally:
                path.write_text(self.schema.text(mutant.source.name))
        return target

    def host(self, mutant):
        """What failed of the KUnit suites as a program, or None"""
        tree = self.cache / "host"
        shutil.rmtree(tree, ignore_errors=True)
        shutil.copytree(TOP / "module", tree / "module")
        if mutant:
            (tree / "module" / mutant.source.name).write_text(mutant.apply())
        self.must(["make", "-s", "-B", "-C", HERE, "-f", "host.mk", f"O={tree}",
                   f"SOURCE={tree}"])
        status, out = self.call(["timeout", "40", tree / "kunit"])
        failed = [line for line in out.splitlines() if line.startswith("not ok")]
        return (failed[0] if failed else f"status {status}") if status else None

    def boot(self, kernel, jobs, limit):
        """Log of a guest with jobs (name, mutants' numbers or "again", command)"""
        folder = self.ready[kernel]
        logs = self.cache / "log"
        logs.mkdir(exist_ok=True)
        log = Path(tempfile.mkdtemp(dir=logs))
        with tempfile.TemporaryDirectory() as work:
            files = Path(work) / "mutant"
            files.mkdir()
            for path in [*(HERE / "schema").glob("*.sh"),
                         *folder.glob("nsguard.*"),
                         *[path for _, number, _ in jobs
                           for path in folder.glob(f"{number}.*")]]:
                shutil.copy(path, files)
            disk = log / "host.img"
            with open(disk, "wb") as image:
                image.truncate(256 << 20)
            self.must(["/sbin/mke2fs", "-q", "-t", "ext4", "-O", "^has_journal", "-E",
                       "root_owner=0:0", "-d", work, disk])
        tests = ["start=/host/mutant/start.sh"]
        for name, number, command in jobs:
            tests += [f"{name}=/host/mutant/job.sh {number} ./{command}",
                      f"{name}c=/host/mutant/clean.sh"]
        results = log / "results"

        def hangs():
            """Not even what cleans up behind a job has come to its end"""
            return results.exists() and re.search(
                rb"^EXIT m\d+c timeout", results.read_bytes(), re.M)

        # The runner gives the debug kernel three times as long by itself.
        with self.turn:
            begun = time.monotonic()
            status, out = self.call([
                VM / "run", "--kernel", kernel, "--no-build",
                "--disk", disk, "--log", log,
                # Every mark in the kernel log counts; KUnit as its tests.list has it.
                # The module waits for grace periods, of which these are never many.
                "--append", "printk.devkmsg=on rcupdate.rcu_tasks_lazy_ms=0" + (
                    " kunit.enable=1" if any(c.startswith("kunit/") for _, _, c in jobs)
                    else ""),
                "--timeout", limit // 3 + 1 if kernel == "debug" else limit,
                "--limit", 10 * BOOT + limit + sum(limit for _ in jobs) // 2, *tests],
                hopeless=hangs)
            self.used += time.monotonic() - begun
            self.boots += 1
        disk.unlink(missing_ok=True)
        if not (log / "console").exists():
            raise Error(f"no guest ran ({status}):\n{out[-2000:]}")
        result = Log(log)
        if "start" not in result.by_name:
            raise Error(f"no guest ran ({status}):\n{out[-2000:]}")
        return result
