"""Random triples for the Avro decoder: a schema, an evolved schema, a value of the first.

Schemas use every type; evolution uses every rule of schema resolution, and now and then breaks one.
Logical types are left out: fastavro turns them into objects of Python's, and the unit tests have them.
"""
import copy
import struct

PRIMITIVES = ["null", "boolean", "int", "long", "float", "double", "bytes", "string"]
PROMOTIONS = {"int": ["long", "float", "double"], "long": ["float", "double"], "float": ["double"],
              "string": ["bytes"], "bytes": ["string"]}
WORDS = ["", "a", "ключ", "имя \"x\"\n", "漢字", "🙂", "0", "null", "x" * 70]


def is_union(schema):
    return isinstance(schema, list)


def kind(schema):
    return "union" if is_union(schema) else schema["type"] if isinstance(schema, dict) else schema


class Generator:
    def __init__(self, random):
        self.random = random
        self.names = {}

    # --- schemas -----------------------------------------------------------------------------------

    def name(self, prefix):
        name = f"{prefix}{len(self.names)}"
        return name if self.random.random() < 0.8 else "space." + name

    def named(self, prefix, **rest):
        name = self.name(prefix)
        schema = {"name": name, **rest}
        if "." not in name:  # whatever namespace is around it
            schema["namespace"] = ""
        self.names[name] = schema
        return schema

    def schema(self, depth=0):
        """One schema; names are written out at their first place and referred to afterwards."""
        roll = self.random.random()
        if depth >= 4 or roll < 0.35:
            return self.random.choice(PRIMITIVES)
        if roll < 0.60:
            return self.record(depth)
        if roll < 0.68:
            return {"type": "array", "items": self.schema(depth + 1)}
        if roll < 0.76:
            return {"type": "map", "values": self.schema(depth + 1)}
        if roll < 0.82:
            count = self.random.randint(1, 4)
            symbols = [f"S{i}" for i in range(count)]
            self.random.shuffle(symbols)
            return self.named("E", type="enum", symbols=symbols)
        if roll < 0.87:
            return self.named("F", type="fixed", size=self.random.randint(0, 5))
        return self.union(depth)

    def record(self, depth):
        record = self.named("R", type="record", fields=[])
        for i in range(self.random.randint(0, 4)):
            record["fields"].append({"name": f"f{i}", "type": self.schema(depth + 1)})
        if self.random.random() < 0.1:  # a list
            record["fields"].append({"name": "next", "type": ["null", record["name"]]})
        return record

    def union(self, depth):
        branches, seen = [], set()
        for _ in range(self.random.randint(1, 4)):
            branch = self.schema(depth + 1)
            mark = kind(branch) if not isinstance(branch, dict) or "name" not in branch else branch["name"]
            if is_union(branch) or mark in seen:
                continue
            seen.add(mark)
            branches.append(branch)
        return branches or ["null"]

    # --- values ------------------------------------------------------------------------------------

    def value(self, schema, depth=0):
        random = self.random
        name = kind(schema)
        if name == "union":
            choices = schema if depth < 6 else [b for b in schema if b == "null"] or schema
            branch = random.choice(choices)
            value = self.value(branch, depth + 1)
            if isinstance(branch, dict) and "name" in branch:
                return (branch["name"], value)
            return (branch, value) if isinstance(branch, str) and branch in self.names else value
        if name == "record":
            return {f["name"]: self.value(f["type"], depth + 1) for f in schema["fields"]}
        if name in ("array", "map"):
            count = random.choice([0, 0, 1, 2, 5])
            item = schema["items" if name == "array" else "values"]
            values = [self.value(item, depth + 1) for _ in range(count)]
            return values if name == "array" else {f"k{i}": v for i, v in enumerate(values)}
        if name == "enum":
            return random.choice(schema["symbols"])
        if name == "fixed":
            return random.randbytes(schema["size"])
        return self.primitive(name, depth)

    def primitive(self, name, depth):
        random = self.random
        if name in self.names:
            return self.value(self.names[name], depth + 1)
        if name == "null":
            return None
        if name == "boolean":
            return random.random() < 0.5
        if name in ("int", "long"):
            bits = 32 if name == "int" else 64
            top = 2 ** (bits - 1)
            return random.choice([0, 1, -1, 63, 64, -64, -65, top - 1, -top, random.randint(-top, top - 1),
                                  2 ** random.randint(0, bits - 2)])
        if name == "float":
            return struct.unpack("<f", random.randbytes(4))[0] if random.random() < 0.5 else 0.5
        if name == "double":
            return struct.unpack("<d", random.randbytes(8))[0] if random.random() < 0.5 else -0.25
        if name == "bytes":
            return random.choice([b"", b"text", random.randbytes(random.randint(0, 9))])
        return random.choice(WORDS)

    # --- evolution ---------------------------------------------------------------------------------

    def evolve(self, schema):
        """A reader's schema. References stay right because definitions keep their places."""
        return self.changed(copy.deepcopy(schema))

    def changed(self, schema):
        random = self.random
        if is_union(schema):
            branches = [self.changed(branch) for branch in schema]
            branches = [b for b in branches if not is_union(b)] or ["null"]
            unique = {str(kind(b) if not isinstance(b, dict) or "name" not in b else b["name"]): b for b in branches}
            branches = list(unique.values())
            if "{" not in str(branches):  # the order of definitions must stay
                random.shuffle(branches)
            if random.random() < 0.15 and "string" not in branches:
                branches.append("string")
            if random.random() < 0.1 and len(branches) > 1 and "{" not in str(branches[-1]):
                branches.pop()
            return branches
        if not isinstance(schema, dict):
            return self.changed_primitive(schema)
        if schema["type"] == "record":
            self.change_record(schema)
        elif schema["type"] == "array":
            schema["items"] = self.changed(schema["items"])
        elif schema["type"] == "map":
            schema["values"] = self.changed(schema["values"])
        elif schema["type"] == "enum":
            self.change_enum(schema)
        if random.random() < 0.08 and "name" not in schema:
            return ["null", schema]
        return schema

    def changed_primitive(self, name):
        roll = self.random.random()
        if name in PROMOTIONS and roll < 0.25:
            return self.random.choice(PROMOTIONS[name])
        if name in PRIMITIVES and roll < 0.33:
            rest = [n for n in ("null", "string", "double", "long") if n != name]
            union = [name] + self.random.sample(rest, 2)
            self.random.shuffle(union)
            return union
        if name in PRIMITIVES and roll > 0.97:
            return self.random.choice(PRIMITIVES)
        return name

    def change_record(self, record):
        random = self.random
        for field in record["fields"]:
            field["type"] = self.changed(field["type"])
        removable = [f for f in record["fields"] if "{" not in str(f["type"])]
        if removable and random.random() < 0.2:
            record["fields"].remove(random.choice(removable))
        if removable and removable[0] in record["fields"] and random.random() < 0.15:
            removable[0].update(aliases=[removable[0]["name"]], name="renamed")
        if "{" not in str([f["type"] for f in record["fields"]]):
            random.shuffle(record["fields"])
        if random.random() < 0.3:
            record["fields"].append({"name": "added", **self.default_field()})
        if random.random() < 0.03:
            record["fields"].append({"name": "missing", "type": "int"})

    def default_field(self):
        return self.random.choice([
            {"type": ["null", "string"], "default": None}, {"type": "int", "default": 7},
            {"type": "long", "default": -(2 ** 40)}, {"type": "string", "default": "имя"},
            {"type": "boolean", "default": True}, {"type": "double", "default": 0.1},
            {"type": {"type": "array", "items": "int"}, "default": [1, 2]},
            {"type": {"type": "map", "values": "string"}, "default": {"k": "v"}},
            {"type": "bytes", "default": "\u00ff\u0041"}, {"type": "float", "default": 0.1},
            {"type": "double", "default": 2}])

    def change_enum(self, enum):
        random = self.random
        if random.random() < 0.3:
            random.shuffle(enum["symbols"])
        if random.random() < 0.3:
            enum["symbols"].append("ADDED")
        if random.random() < 0.2 and len(enum["symbols"]) > 1:
            enum["symbols"].remove(random.choice(enum["symbols"]))
            if random.random() < 0.6:
                enum["default"] = enum["symbols"][0]


def triple(random):
    generator = Generator(random)
    writer = generator.schema()
    names = dict(generator.names)
    return writer, generator.evolve(writer), generator.value(writer), names
