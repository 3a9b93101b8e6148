"""The same normalization in ClickHouse, embedded as chdb; Parquet with zstd 1.

    clickhouse_convert.py THREADS LOG_TYPE INPUT OUT

Writes OUT/part.parquet and prints the number of rows as {"rows":N}. What it leaves out is in README.md.
"""

import json
import pathlib
import sys

from chdb import session
from log_types import LOG_TYPES

TYPES = {"text": "String", "json": "String", "int": "Int64", "float": "Float64", "bool": "Bool"}
# What a value must fulfil to be an indicator.
RULES = {
    "any": "v != ''",
    "host": "v != ''",
    "email": "position(v, '@') > 0",
    "address": "isIPv4String(v) OR isIPv6String(v)",
    "name": "v != '' AND NOT isIPv4String(v) AND NOT isIPv6String(v)",
}
TIMES = {
    "rfc3339": "parseDateTime64BestEffortOrNull({}, 3, 'UTC')",
    "unix_ms": "fromUnixTimestamp64Milli({}, 'UTC')",
}


def sql_type(field):
    if isinstance(field, list):
        return f"Array({sql_type(field[0])})"
    if isinstance(field, dict):
        members = ", ".join(f"`{name}` {sql_type(inner)}" for name, inner in field.items())
        return f"Tuple({members})"
    return f"Nullable({TYPES[field]})"


def member(path, value):
    for name in path.split("."):
        value = f"tupleElement({value}, '{name}')"
    return value


def reference(path):
    column, _, rest = path.partition(".")
    return member(rest, f"`{column}`") if rest else f"`{column}`"


def values(rule, path):
    """A list of the values at a path, empty text for those that are not there."""
    text = "domain(ifNull({}, ''))" if rule == "host" else "ifNull({}, '')"
    array, _, rest = path.partition("[].")
    if not rest:
        return f"[{text.format(reference(path))}]"
    return f"arrayMap(e -> {text.format(member(rest, 'e'))}, {reference(array)})"


def indicator(rule, paths):
    lists = ", ".join(values(rule, path) for path in paths)
    filtered = f"arrayFilter(v -> {RULES[rule]}, arrayConcat({lists}))"
    if len(paths) == 1 and "[]" not in paths[0]:
        # One value needs no sorting.
        return filtered
    return f"arraySort(arrayDistinct({filtered}))"


def conversion(name, dump, out, threads):
    log_type = LOG_TYPES[name]
    path, time_format = log_type["event_time"]
    derived = [f"'{name}' AS p_log_type", f"{TIMES[time_format].format(reference(path))} AS p_event_time"]
    derived += [f"{indicator(*found)} AS {column}" for column, found in log_type["indicators"].items()]
    structure = ", ".join(f"`{column}` {sql_type(field)}" for column, field in log_type["columns"].items())
    scalars = [column for column in log_type["required"] if isinstance(log_type["columns"][column], str)]
    required = " AND ".join(f"isNotNull(`{column}`)" for column in scalars)
    is_parallel = int(threads > 1)
    settings = {
        "max_threads": threads,
        "max_parsing_threads": threads,
        "input_format_parallel_parsing": is_parallel,
        "input_format_json_read_objects_as_strings": 1,
        "output_format_parquet_compression_method": "'zstd'",
        "output_format_compression_level": 1,
        "output_format_parquet_parallel_encoding": is_parallel,
        "output_format_parallel_formatting": 0,
    }
    chosen = ", ".join(f"{setting} = {value}" for setting, value in settings.items())
    source = structure.replace("'", "\\'")
    return f"""
SELECT *, {", ".join(derived)} FROM file('{dump}', 'JSONEachRow', '{source}') WHERE {required}
INTO OUTFILE '{out}' FORMAT Parquet SETTINGS {chosen}
"""


def main():
    threads, name, dump, folder = sys.argv[1:]
    out = pathlib.Path(folder).resolve()
    out.mkdir(parents=True)
    part = out / "part.parquet"
    engine = session.Session()
    engine.query(conversion(name, pathlib.Path(dump).resolve(), part, int(threads)))
    rows = engine.query(f"SELECT count() FROM file('{part}', 'Parquet')", "CSV")
    print(json.dumps({"rows": int(str(rows))}))


main()
