# SPDX-License-Identifier: GPL-2.0
"""Where things are, and what is kept between runs"""
import hashlib
import json
import os
import threading
from pathlib import Path

HERE = Path(__file__).resolve().parent
TOP = HERE.parent.parent
VM = TOP / "selftests/vm"
CACHE = Path(os.environ.get("NSGUARD_CACHE") or
             Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache",
                  "nsguard"))
# What a boot, the module's load and leave, and a look for leaks cost, in seconds.
BOOT, LOAD, LEAKS = 8, 2, 8


def say(text):
    print(text, flush=True)


def digest(*pieces):
    sha = hashlib.sha256()
    for piece in pieces:
        sha.update(piece if isinstance(piece, bytes) else str(piece).encode())
        sha.update(b"\0")
    return sha.hexdigest()[:24]


class Store:
    """Results by digest, in a file of lines so that what is cut off hurts little, on
    top of others that are only read"""

    def __init__(self, path, *others):
        self.path, self.known = path, {}
        self.lock = threading.Lock()
        path.parent.mkdir(parents=True, exist_ok=True)
        for source in (*others, path):
            if source.exists():
                self.read(source)

    def read(self, source):
        for line in source.read_text().splitlines():
            try:
                key, value = json.loads(line)
            except ValueError:
                continue
            self.known[key] = value

    def get(self, key):
        return self.known.get(key)

    def put(self, key, value):
        with self.lock:
            self.known[key] = value
            with open(self.path, "a", encoding="utf-8") as out:
                out.write(json.dumps([key, value]) + "\n")
