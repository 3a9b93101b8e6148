#!/usr/bin/env python3
"""Whether the contestants do the same work: compares event times and indicators in their output.

  same_values.py [--log-type NAME]

Generates a small dump, converts it with all of them and compares how often each value occurs. Exits with 1
if something differs.
"""

import argparse
import pathlib
import subprocess
import sys
import tempfile

import duckdb
from contestants import HERE, commands, write_dump
from log_types import LOG_TYPES

SCRIPTED = ("duckdb", "clickhouse")


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--log-type", choices=LOG_TYPES, default="Atlassian.Audit")
    parser.add_argument("--sawlog", default=HERE.parent.parent / "target" / "release" / "sawlog")
    parser.set_defaults(events=20_000, seed=7, only=["sawlog", *SCRIPTED], extra=[], arrow_json=None)
    return parser.parse_args()


def values(out, column):
    # An empty list and none are the same, and peers keep milliseconds.
    value = f"coalesce({column}, [])" if column.startswith("p_any_") else f"epoch_ms({column})"
    return f"SELECT {value} AS value, count(*) AS n FROM read_parquet('{out}/**/*.parquet') GROUP BY 1"


def main():
    options = arguments()
    with tempfile.TemporaryDirectory() as scratch, duckdb.connect() as db:
        scratch = pathlib.Path(scratch)
        dump, _ = write_dump("usual", options, scratch)
        for name, command in commands(options).items():
            filled = [part.format(threads=2, input=dump, out=scratch / name) for part in command]
            subprocess.run(filled, check=True, stdout=subprocess.DEVNULL)
        differs = False
        for name in SCRIPTED:
            for column in ["p_event_time", *LOG_TYPES[options.log_type]["indicators"]]:
                own, other = values(scratch / "sawlog", column), values(scratch / name, column)
                query = f"(({own}) EXCEPT ({other})) UNION ALL (({other}) EXCEPT ({own}))"
                examples = db.execute(f"{query} LIMIT 4").fetchall()
                print(f"{name}, {column}: {'equal' if not examples else examples}")
                differs |= bool(examples)
    sys.exit(int(differs))


if __name__ == "__main__":
    main()
