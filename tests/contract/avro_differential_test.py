#!/usr/bin/python3
"""This program's Avro decoder beside fastavro and avro-c, over random triples of a schema, an evolved
schema and a value. Equal, or a difference of the table below; anything else fails, with the seed.

usage: avro_differential_test.py COMPARE FASTAVRO_FOLDER [--triples N] [--seed N]
"""
import argparse
import io
import json
import math
import random
import struct
import subprocess
import sys
from collections import Counter
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "support"))
import avro_random  # noqa: E402

# Where another implementation is not right, or the specification leaves it open.
DIFFERENCES = {
    "raw default": "fastavro gives a default as its JSON: bytes as text, 2 for the double 2.0, and a float that "
                   "was not rounded to one",
    "wide float": "fastavro promotes int and long to float without rounding to a float's 24 bits",
    "first branch": "of a reader's union fastavro takes the first branch that a promotion allows, even where "
                    "another branch is the very type that was written; we take that, as Java does",
    "empty items": "fastavro refuses an array or map whose items do not match even when it is empty; we refuse "
                   "an item when it comes, as Java does",
    "no size": "avro-c cannot hold a fixed of no bytes, nor an array of items that take none",
}


def text(value):
    """A value of fastavro's as tests/support/avro_text.h has it."""
    if isinstance(value, float):
        return {"real": "nan" if math.isnan(value) else value.hex()}
    if isinstance(value, (bytes, bytearray)):
        return {"hex": bytes(value).hex()}
    if isinstance(value, dict):
        return {key: text(item) for key, item in value.items()}
    if isinstance(value, (list, tuple)):
        return [text(item) for item in value]
    return value


def ours(line):
    """The same of our text: C's %a and Python's hex() differ in the digits after the point."""
    def real(pairs):
        record = dict(pairs)
        if set(record) == {"real"} and isinstance(record["real"], str):
            word = record["real"]
            return {"real": "nan" if word == "nan" else float.fromhex(word).hex()}
        return record
    return json.loads(line, object_pairs_hook=real)


def lenient(value):
    """All numbers as floats of 32 bits: equal so, values differ by a promotion alone."""
    def single(number):
        try:
            return struct.pack("<f", number).hex()
        except OverflowError:
            return "inf" if number > 0 else "-inf"
    if isinstance(value, bool) or value is None:
        return value
    if isinstance(value, int):
        return single(float(value))
    if isinstance(value, dict) and set(value) == {"real"}:
        return "nan" if value["real"] == "nan" else single(float.fromhex(value["real"]))
    if isinstance(value, dict) and set(value) == {"hex"}:
        try:
            return bytes.fromhex(value["hex"]).decode()
        except UnicodeDecodeError:
            return value
    if isinstance(value, dict):
        return {key: lenient(item) for key, item in value.items()}
    if isinstance(value, list):
        return [lenient(item) for item in value]
    return value


def some(schema, test):
    """True if any part of a schema passes."""
    if test(schema):
        return True
    if isinstance(schema, list):
        return any(some(branch, test) for branch in schema)
    if isinstance(schema, dict):
        return any(some(schema[key], test) for key in ("items", "values") if key in schema) or \
            any(some(field["type"], test) for field in schema.get("fields", []))
    return False


def has_raw_default(schema):
    return some(schema, lambda s: isinstance(s, dict) and any(
        field.get("type") in ("bytes", "float") or (field.get("type") == "double" and field["default"] == 2)
        for field in s.get("fields", []) if "default" in field))


def has_choice(schema):
    return some(schema, lambda s: isinstance(s, list) and any(
        other in s for name in s if isinstance(name, str) for other in avro_random.PROMOTIONS.get(name, [])))


def has_float(schema):
    return some(schema, lambda s: s == "float")


def has_empty(value):
    return value in ([], {}) or isinstance(value, (list, dict)) and any(
        has_empty(item) for item in (value.values() if isinstance(value, dict) else value))


def blank(value, names=("added",)):
    """Without the fields that have defaults."""
    if isinstance(value, dict):
        return {key: blank(item, names) for key, item in value.items() if key not in names}
    return [blank(item, names) for item in value] if isinstance(value, list) else value


def explain(writer, reader, theirs, mine):
    """The name of the difference between fastavro's result and ours, or None."""
    their_status, their_value = theirs
    my_status, my_value = mine
    if their_status == my_status == "ok":
        if has_raw_default(reader) and lenient(blank(their_value)) == lenient(blank(my_value)):
            return "raw default"
        if lenient(their_value) == lenient(my_value):
            return "first branch" if has_choice(reader) else "wide float" if has_float(reader) else None
    if their_status == "refused" and my_status == "ok":
        if "UnicodeDecodeError" in their_value:  # bytes, promoted to the string that comes first
            return "first branch" if has_choice(reader) else None
        return "empty items" if has_empty(my_value) else None
    return None


def read_fastavro(fastavro, writer, reader, body):
    try:
        stream = io.BytesIO(body)
        value = fastavro.schemaless_reader(stream, writer, reader)
    except (fastavro.read.SchemaResolutionError, UnicodeDecodeError, KeyError, ValueError, TypeError) as error:
        return "refused", f"{type(error).__name__}: {error}"
    return "ok", text(value)


def make(fastavro, seed):
    """A triple as (writer, reader, bytes); None if it cannot be written, which is rare."""
    writer, reader, value, _ = avro_random.triple(random.Random(seed))
    try:
        fastavro.parse_schema(writer)
        fastavro.parse_schema(reader)
        stream = io.BytesIO()
        fastavro.schemaless_writer(stream, writer, value)
    except Exception:  # noqa: BLE001 - the generator's own mistakes: names that clash after evolution
        return None
    return writer, reader, stream.getvalue()


def check_own(seed, fastavro, writer, body, columns, counts):
    """By the writer's own schema: fastavro, avro-c and we must agree."""
    theirs = read_fastavro(fastavro, writer, None, body)
    problems = []
    if columns[2] != "ok" or theirs[0] != "ok" or ours(columns[3]) != theirs[1]:
        problems.append(f"seed {seed}: by its own schema {columns[2:4]}, fastavro {theirs}")
    if columns[4] != "ok":
        sizeless = some(writer, lambda s: isinstance(s, dict) and (s.get("size") == 0 or s["type"] == "array"))
        counts["no size" if sizeless else "unexplained"] += 1
        if not sizeless:
            problems.append(f"seed {seed}: avro-c refuses {json.dumps(writer)}: {columns[5]}")
    elif columns[6] != body.hex() and sorted(columns[6]) != sorted(body.hex()):
        problems.append(f"seed {seed}: avro-c writes {columns[6]} for {body.hex()}")
    elif columns[5] != columns[3]:
        problems.append(f"seed {seed}: {columns[3]}, avro-c {columns[5]}")
    else:
        counts["avro-c equal"] += 1
    return problems


def check(seed, fastavro, triple, line, counts):
    writer, reader, body = triple
    columns = line.split("\t")
    problems = check_own(seed, fastavro, writer, body, columns, counts)
    theirs = read_fastavro(fastavro, writer, reader, body)
    mine = (columns[0], ours(columns[1]) if columns[0] == "ok" else columns[1])
    if theirs[0] == mine[0] and (theirs[0] == "refused" or theirs[1] == mine[1]):
        counts["equal" if theirs[0] == "ok" else "equal: both refuse"] += 1
        return problems
    reason = explain(writer, reader, theirs, mine)
    counts[reason or "unexplained"] += 1
    if reason is None:
        problems.append(f"seed {seed}: {json.dumps(writer)} read as {json.dumps(reader)}, {body.hex()}: "
                        f"{mine}; fastavro {theirs}")
    return problems


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("compare")
    parser.add_argument("fastavro")
    parser.add_argument("--triples", type=int, default=20000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    sys.path.insert(0, options.fastavro)
    import fastavro
    import fastavro.read

    triples, seed = [], options.seed
    while len(triples) < options.triples:
        made = make(fastavro, seed)
        if made is not None:
            triples.append((seed, made))
        seed += 1
    lines = "".join(f"{json.dumps(w)}\t{json.dumps(r)}\t{b.hex()}\n" for _, (w, r, b) in triples)
    answer = subprocess.run([options.compare], input=lines, capture_output=True, text=True, check=True)
    counts, problems = Counter(), []
    for (its_seed, triple), line in zip(triples, answer.stdout.split("\n")):
        problems += check(its_seed, fastavro, triple, line, counts)
    for name, count in counts.most_common():
        print(f"{count:6} {name}: {DIFFERENCES[name]}" if name in DIFFERENCES else f"{count:6} {name}")
    print(f"{len(triples)} triples of {seed - options.seed} seeds")
    for problem in problems[:20]:
        print(problem)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
