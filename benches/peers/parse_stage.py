#!/usr/bin/env python3
"""sawlog's parse stage beside simdjson's On-Demand interface on the same dump, in alternation.

  parse_stage.py DUMP [--log-type NAME] [--rounds 9] --ondemand PROGRAM

The program is made of simdjson/ondemand.cpp, and visits the values. sawlog's stage visits them with all
checks, and by itself makes columns of them, with indicators; both are told. All run on one thread, and the
best way to hand documents to simdjson counts.
"""

import argparse
import json
import pathlib
import statistics
import subprocess

from contestants import HERE


def arguments():
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("dump", type=pathlib.Path, help="NDJSON of some 100 MB, not compressed")
    parser.add_argument("--log-type", default="Atlassian.Audit")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--ondemand", type=pathlib.Path, required=True)
    target = HERE.parent.parent / "target" / "release"
    parser.add_argument("--sawlog", type=pathlib.Path, default=target / "sawlog")
    return parser.parse_args()


def output(*command):
    return json.loads(subprocess.run(command, capture_output=True, check=True).stdout)


def main():
    options = arguments()
    sawlog = [options.sawlog, "bench", options.dump, "--schema", options.log_type]
    best = []
    stages = {"parse": [], "visit": []}
    for _ in range(options.rounds):
        report = output(*sawlog, "--rounds", "1", "--threads", "1", "--sample", "4096", "--json")
        for stage in report["stages"]:
            stages.get(stage["name"], []).append(stage["mb_per_s"])
        peer = output(options.ondemand, options.dump, "3")
        best.append(max(way["mb_per_s"] for way in peer["ways"].values()))
    print(f"simdjson {peer['simdjson']} ({peer['kernel']}) On-Demand: {statistics.median(best):.0f} MB/s")
    for name, speeds in stages.items():
        ratio = statistics.median(speed / peers for speed, peers in zip(speeds, best))
        print(f"sawlog, stage {name}: {statistics.median(speeds):.0f} MB/s, ratio {ratio:.2f}")
    print(f"medians of {options.rounds} rounds")


if __name__ == "__main__":
    main()
