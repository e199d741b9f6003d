#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0
"""Turns uapi/nsguard.yaml into C, for the compiler to compare with the header.

usage: spec.py validate SPEC SCHEMA   by the kernel's schema of such files
       spec.py header SPEC            spec.h: names, values, types, policies
"""
import sys

import yaml

SCALARS = {"u8": 1, "u32": 4, "u64": 8, "s32": 4}


def c_name(*parts):
    return "".join(parts).upper().replace("-", "_")


class Spec:
    def __init__(self, path):
        with open(path) as f:
            self.raw = yaml.safe_load(f)
        self.sets = {s["name"]: s for s in self.raw["attribute-sets"]}
        self.main = self.sets["main"]
        self.attrs = {a["name"]: a for a in self.main["attributes"]}
        self.defs = {d["name"]: d for d in self.raw["definitions"]}
        self.ops = self.raw["operations"]["list"]

    def attr(self, name):
        return c_name(self.main["name-prefix"], name)

    def op(self, name):
        return c_name(self.raw["operations"]["name-prefix"], name)

    def entries(self, name):
        d = self.defs[name]
        return [c_name(d["name-prefix"], e) for e in d["entries"]]

    def nested(self, name):
        return [a["name"] for a in self.sets[name]["attributes"]]


def same(name, value):
    print(f'_Static_assert({name} == {value}, "{name}");')


def complete(enum, names):
    """With -Wswitch the compiler names an enumerator that is left out."""
    print(f"static inline void all_of_{enum}(enum {enum} e)\n{{\n\tswitch (e) {{")
    for name in names:
        print(f"\tcase {name}:")
    print("\t\tbreak;\n\t}\n}")


def numbers(spec):
    mode, layers = spec.entries("mode"), spec.entries("layer")
    state = spec.entries("state")
    attrs = [spec.attr(a) for a in spec.attrs]
    ops = [spec.op(o["name"]) for o in spec.ops]
    for i, name in enumerate(attrs, 1):
        same(name, i)
    for i, name in enumerate(ops, 1):
        same(name, i)
    for i, name in enumerate(mode):
        same(name, i)
    for i, name in enumerate(state):
        same(name, i)
    for i, name in enumerate(layers):
        same(name, f"1U << {i}")
    same("NSGUARD_LAYER_ALL", (1 << len(layers)) - 1)
    same("NSGUARD_A_MAX", len(attrs))
    same("NSGUARD_CMD_MAX", len(ops))
    same(c_name(spec.raw["c-version-name"]), spec.raw["version"])
    complete("nsguard_mode", mode)
    complete("nsguard_state", state)
    complete("nsguard_cmd", ops + ["NSGUARD_CMD_UNSPEC", "__NSGUARD_CMD_MAX"])
    complete("nsguard_attr", attrs + ["NSGUARD_A_UNSPEC", "__NSGUARD_A_MAX"])


def strings(spec):
    group, = spec.raw["mcast-groups"]["list"]
    pairs = [(spec.raw["c-family-name"], spec.raw["name"]),
             (group["c-define-name"], group["name"])]
    print("static const struct spec_string spec_strings[] = {")
    for define, value in pairs:
        print(f'\t{{ {c_name(define)}, "{value}" }},')
    print("};")


def limits(spec, attr):
    checks = attr.get("checks", {})
    low, high = 0, (1 << 8 * SCALARS[attr["type"]]) - 1
    if "enum" in attr:
        high = len(spec.entries(attr["enum"])) - 1
    return checks.get("min", low), checks.get("max", high)


def policies(spec):
    print("static const struct spec_policy spec_policies[] = {")
    for op in spec.ops:
        for name in op.get("do", {}).get("request", {}).get("attributes", []):
            attr = spec.attrs[name]
            low, high = limits(spec, attr)
            print(f"\t{{ {spec.op(op['name'])}, {spec.attr(name)},"
                  f" NL_ATTR_TYPE_{attr['type'].upper()},"
                  f" {low}ULL, {high}ULL }},")
    print("};")


def message(spec, name, attributes):
    print(f"static const struct spec_attr spec_{name.replace('-', '_')}[] = {{")
    for a in attributes:
        attr = spec.attrs[a]
        nest = "NULL"
        if attr["type"] == "nest":
            nest = f"spec_{attr['nested-attributes']}"
        flags = "enum" in attr and spec.defs[attr["enum"]]["type"] == "flags"
        print(f"\t{{ {spec.attr(a)}, NL_ATTR_TYPE_"
              f"{'NESTED' if nest != 'NULL' else attr['type'].upper().replace('STRING', 'NUL_STRING')},"
              f" {int(flags)}, {nest} }},")
    print("\t{ 0 }\n};")


def messages(spec):
    for name in spec.sets:
        if name != "main":
            message(spec, name, spec.nested(name))
    for op in spec.ops:
        reply = op.get("do", op.get("dump", {})).get("reply") or op.get("event")
        if reply:
            message(spec, op["name"], reply["attributes"])


def header(path):
    spec = Spec(path)
    print("/* Made from uapi/nsguard.yaml by spec.py. */")
    numbers(spec)
    strings(spec)
    policies(spec)
    messages(spec)


def validate(path, schema):
    import jsonschema

    with open(schema) as f:
        jsonschema.validate(Spec(path).raw, yaml.safe_load(f))


def main():
    if len(sys.argv) == 4 and sys.argv[1] == "validate":
        validate(sys.argv[2], sys.argv[3])
    elif len(sys.argv) == 3 and sys.argv[1] == "header":
        header(sys.argv[2])
    else:
        sys.exit(__doc__)


main()
