"""The same normalization in DuckDB: required fields, event time, indicators, log type; Parquet with zstd 1.

    duckdb_convert.py THREADS INPUT OUT

Writes OUT/part.parquet and prints the number of rows as {"rows":N}. What it leaves out is in ../README.md.
"""

import json
import pathlib
import sys

import duckdb

LINKS = "STRUCT(self VARCHAR, alt VARCHAR)"
ENTITY = f"STRUCT(id VARCHAR, type VARCHAR, attributes JSON, links {LINKS})"
ACTOR = f"STRUCT(id VARCHAR, name VARCHAR, email VARCHAR, links {LINKS})"
LOCATION = "STRUCT(ip VARCHAR, geo VARCHAR, countryName VARCHAR, regionName VARCHAR, city VARCHAR)"
ATTRIBUTES = (
    f'STRUCT("time" VARCHAR, action VARCHAR, actor {ACTOR}, context {ENTITY}[], container {ENTITY}[],'
    f" location {LOCATION})"
)
COLUMNS = {
    "type": "VARCHAR",
    "id": "VARCHAR",
    "attributes": ATTRIBUTES,
    "message": "STRUCT(content VARCHAR, format VARCHAR)",
    "relations": "JSON",
    "links": LINKS,
}
HOST = r"'^[A-Za-z][A-Za-z0-9+.-]*://(?:[^/?#@]*@)?([^/?#:]+)'"


def conversion(dump, out):
    return f"""
COPY (
    SELECT *,
        'Atlassian.Audit' AS p_log_type,
        attributes."time"::TIMESTAMPTZ AS p_event_time,
        if(attributes.location.ip IS NULL, NULL, [attributes.location.ip]) AS p_any_ip_addresses,
        list_sort(list_distinct(list_filter(
            flatten([[regexp_extract(e.links.self, {HOST}, 1), regexp_extract(e.links.alt, {HOST}, 1)]
                FOR e IN attributes.context]),
            lambda host: host <> ''))) AS p_any_domain_names,
        if(contains(attributes.actor.email, '@'), [attributes.actor.email], NULL) AS p_any_emails,
        if(attributes.actor.name IS NULL, NULL, [attributes.actor.name]) AS p_any_usernames
    FROM read_json('{dump}', format = 'newline_delimited', columns = {COLUMNS})
    WHERE type IS NOT NULL AND id IS NOT NULL AND attributes IS NOT NULL AND links IS NOT NULL
) TO '{out}' (FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1)
"""


def main():
    threads, dump, folder = sys.argv[1:]
    out = pathlib.Path(folder)
    out.mkdir(parents=True)
    with duckdb.connect() as db:
        db.execute(f"SET threads = {int(threads)}")
        rows = db.execute(conversion(dump, out / "part.parquet")).fetchone()[0]
    print(json.dumps({"rows": rows}))


main()
