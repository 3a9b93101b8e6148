"""The inputs of the heavy runs, and what must come of each."""

import dataclasses
import gzip
import os
import shutil
import subprocess

MEGA = 1 << 20
GIGA = 1 << 30

# 256 files of the table, and what any process has open.
MAX_OPEN_FILES = 256 + 24

SCHEMA = """\
schema: Heavy.Event
fields:
  - {name: id, type: string}
  - {name: time, type: timestamp, timeFormat: rfc3339, isEventTime: true}
  - {name: any, type: json}
"""

PART_EVENTS = 80_000


@dataclasses.dataclass
class Case:
    """A conversion and its expected outcome."""

    title: str
    rows: int
    inputs: list
    reasons: dict = dataclasses.field(default_factory=dict)
    schema: str = "schema.yml"
    flags: list = dataclasses.field(default_factory=list)
    # What must run beside the conversion.
    feeder: str = ""
    max_mb: int = 300


def small(n):
    return b'{"id":"e%d","time":"2025-09-01T00:00:00Z"}\n' % n


def begin(folder):
    """The schema, and a file to write the input to."""
    (folder / "schema.yml").write_text(SCHEMA)
    return open(folder / "dump", "wb")


def repeat(out, byte, count):
    piece = byte * MEGA
    for _ in range(count // MEGA):
        out.write(piece)


def generated(folder, sawlog, events, name="dump"):
    """A realistic dump of about 1,250 bytes an event."""
    command = [sawlog, "generate", "--events", str(events), "--seed", "42", "--out", name]
    subprocess.run(command, cwd=folder, check=True)
    return folder / name


def page_on_one_line(folder, sawlog):
    part = generated(folder, sawlog, PART_EVENTS, "part")
    copies = -(-2 * 1000**3 // part.stat().st_size)
    with open(folder / "dump", "wb") as out:
        out.write(b'{"meta":{"page":1},"data":[')
        for copy in range(copies):
            out.write(b"," if copy else b"")
            with open(part, "rb") as source:
                is_first = True
                for line in source:
                    out.write((b"" if is_first else b",") + line[:-1])
                    is_first = False
        out.write(b'],"links":{"next":"cursor"}}')
    rows = copies * PART_EVENTS
    return Case("one page of 2 GB on one line", rows, ["dump"], schema="Atlassian.Audit")


def long_line(folder, _):
    with begin(folder) as out:
        out.write(small(1) + b'{"id":"')
        repeat(out, b"x", GIGA)
        out.write(b'"}\n' + small(2))
    return Case("a line of 1 GB between two events", 2, ["dump"], {"record_too_large": 1})


def line_without_end(folder, _):
    with begin(folder) as out:
        out.write(b"a")
        repeat(out, b"x", GIGA)
    return Case("1 GB of text without a line break", 0, ["dump"], {"record_too_large": 1})


def long_records(folder, _):
    """Records just below the limit. Three for each thread may be on their way, and each is also a chunk."""
    with begin(folder) as out:
        for n in range(24):
            out.write(b'{"id":"%d","any":["' % n)
            repeat(out, b"x", 60 * MEGA)
            out.write(b'"]}\n' if n % 2 else b'"]\n')
    title = "24 records of 60 MB, each second one damaged"
    return Case(title, 12, ["dump"], {"invalid_json": 12}, max_mb=1500)


def deep(folder, _):
    nested = b"[" * 100_000
    with begin(folder) as out:
        out.write(small(1) + nested + b"]" * 100_000 + b"\n" + small(2))
        out.write(b'{"any":' + nested + b"]" * 100_000 + b"}\n" + small(3))
    return Case("100,000 nested arrays, bare and in an event", 3, ["dump"], {"too_deep": 2})


def deep_document(folder, _):
    with begin(folder) as out:
        out.write(b'{"id":"first"}\n' + b"[" * 100_000)
    (folder / "bare").write_bytes(b"[" * 100_000)
    return Case("100,000 opening brackets and no end", 1, ["dump", "bare"], {"cut_off": 2})


def bomb(folder, _):
    with begin(folder) as out:
        out.write(gzip.compress(small(1) + small(2)))
        member = gzip.compress(bytes(100 * MEGA), 9, mtime=0)
        for _ in range(100):
            out.write(member)
    return Case("a gzip bomb: 10 GB of zeros", 2, ["dump"], {"damaged_input": 1, "record_too_large": 1})


def ten_gigabytes(folder, sawlog):
    part = generated(folder, sawlog, PART_EVENTS, "part")
    with open(part, "rb") as source, gzip.open(folder / "part.gz", "wb", compresslevel=1) as packed:
        shutil.copyfileobj(source, packed, MEGA)
    copies = -(-10 * GIGA // part.stat().st_size)
    with open(folder / "dump.gz", "wb") as out:
        for _ in range(copies):
            with open(folder / "part.gz", "rb") as packed:
                shutil.copyfileobj(packed, out, MEGA)
    # Each part covers the whole month: every file is written to all the time, and the 1,024 row groups that
    # open files may hold take some 100 KB each.
    title, rows = "10 GiB of events in a gzip of many members", copies * PART_EVENTS
    return Case(title, rows, ["dump.gz"], schema="Atlassian.Audit", max_mb=450)


def dump_of(events, title):
    def make(folder, sawlog):
        generated(folder, sawlog, events)
        return Case(title, events, ["dump"], schema="Atlassian.Audit")

    return make


def pipe(folder, sawlog):
    generated(folder, sawlog, 400_000, "source")
    os.mkfifo(folder / "pipe")
    feeder = "gzip -1 < source > pipe"
    return Case("a named pipe", 400_000, ["pipe"], schema="Atlassian.Audit", feeder=feeder)


def hours(folder, _):
    """Each hour of twenty years once, in an order that jumps from one year to the next."""
    days = 365 * 20
    with begin(folder) as out:
        for n in range(days * 24):
            at = n * 7919 % (days * 24)
            year, day, hour = 2001 + at // 24 // 365, at // 24 % 365, at % 24
            month, day = min(day // 30, 11) + 1, min(day % 30, 27) + 1
            place = (year, month, day, hour)
            out.write(b'{"id":"h%d","time":"%d-%02d-%02dT%02d:30:00Z"}\n' % (n, *place))
    flags = ["--partition", "hour"]
    return Case("events over 20 years, by hour", days * 24, ["dump"], flags=flags)


CASES = {
    "page": page_on_one_line,
    "long-line": long_line,
    "no-line": line_without_end,
    "long-records": long_records,
    "deep": deep,
    "deep-document": deep_document,
    "bomb": bomb,
    "dump-1g": dump_of(960_000, "a generated dump of 1.2 GB"),
    "dump-2g": dump_of(1_920_000, "a generated dump of 2.4 GB"),
    "ten-gigabytes": ten_gigabytes,
    "pipe": pipe,
    "hours": hours,
}
