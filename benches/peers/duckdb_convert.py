"""The same normalization in DuckDB: required fields, event time, indicators, log type; Parquet with zstd 1.

    duckdb_convert.py THREADS LOG_TYPE INPUT OUT [lenient]

Writes OUT/part.parquet and prints the number of rows as {"rows":N}. With `lenient`, lines that cannot be read
do not end the run. What it leaves out is in README.md.
"""

import json
import pathlib
import sys

import duckdb
from log_types import LOG_TYPES

TYPES = {"text": "VARCHAR", "json": "JSON", "int": "BIGINT", "float": "DOUBLE", "bool": "BOOLEAN"}
HOST = r"'^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)'"
# What a value must fulfil to be an indicator.
RULES = {
    "any": "{} IS NOT NULL",
    "host": "{} <> ''",
    "email": "contains({}, '@')",
    "address": "regexp_matches({}, '^[0-9.]+$|:')",
    "name": "NOT regexp_matches({}, '^[0-9.]+$|:')",
}
TIMES = {"rfc3339": "{}::TIMESTAMPTZ", "unix_ms": "to_timestamp({} / 1000)"}


def sql_type(field):
    if isinstance(field, list):
        return sql_type(field[0]) + "[]"
    if isinstance(field, dict):
        members = ", ".join(f'"{name}" {sql_type(inner)}' for name, inner in field.items())
        return f"STRUCT({members})"
    return TYPES[field]


def reference(path, base=None):
    return ".".join(([base] if base else []) + [f'"{name}"' for name in path.split(".")])


def values(rule, path):
    """A list of the values at a path."""
    extract = f"regexp_extract({{}}, {HOST}, 1)" if rule == "host" else "{}"
    array, _, member = path.partition("[].")
    if not member:
        return f"[{extract.format(reference(path))}]"
    return f"[{extract.format(reference(member, 'e'))} FOR e IN {reference(array)}]"


def indicator(rule, paths):
    if len(paths) == 1 and "[]" not in paths[0]:
        # One value needs no sorting.
        value = reference(paths[0])
        return f"if({RULES[rule].format(value)}, [{value}], NULL)"
    lists = [values(rule, path) for path in paths]
    joined = lists[0] if len(lists) == 1 else f"flatten([{', '.join(lists)}])"
    return f"list_sort(list_distinct(list_filter({joined}, lambda v: {RULES[rule].format('v')})))"


def conversion(name, dump, out, lenient):
    log_type = LOG_TYPES[name]
    path, time_format = log_type["event_time"]
    derived = [f"'{name}' AS p_log_type", f"{TIMES[time_format].format(reference(path))} AS p_event_time"]
    derived += [f"{indicator(*found)} AS {column}" for column, found in log_type["indicators"].items()]
    columns = {column: sql_type(field) for column, field in log_type["columns"].items()}
    required = " AND ".join(f"{reference(column)} IS NOT NULL" for column in log_type["required"])
    reader = f"format = 'newline_delimited', columns = {columns}, ignore_errors = {str(lenient).lower()}"
    return f"""
COPY (
    SELECT *, {", ".join(derived)} FROM read_json('{dump}', {reader}) WHERE {required}
) TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
"""


def main():
    threads, name, dump, folder, *lenient = sys.argv[1:]
    out = pathlib.Path(folder)
    out.mkdir(parents=True)
    with duckdb.connect() as db:
        db.execute(f"SET threads = {int(threads)}")
        rows = db.execute(conversion(name, dump, out / "part.parquet", bool(lenient))).fetchone()[0]
    print(json.dumps({"rows": rows}))


main()
