#!/usr/bin/env python3
"""sawlog's parse stage beside simdjson's On-Demand interface on the same dump, in alternation.

  parse_stage.py DUMP [--log-type NAME] [--rounds 9] --ondemand PROGRAM

The program is made of simdjson/ondemand.cpp. It visits the values; sawlog's stage makes columns of them,
with times, indicators and all checks. Both run on one thread, and the best way to hand documents to simdjson
counts.
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
    stages, best, ratios = [], [], []
    for _ in range(options.rounds):
        report = output(*sawlog, "--rounds", "1", "--threads", "1", "--sample", "4096", "--json")
        stages.append(next(stage["mb_per_s"] for stage in report["stages"] if stage["name"] == "parse"))
        peer = output(options.ondemand, options.dump, "3")
        best.append(max(way["mb_per_s"] for way in peer["ways"].values()))
        ratios.append(stages[-1] / best[-1])
    print(f"sawlog's parse stage: {statistics.median(stages):.0f} MB/s")
    print(f"simdjson {peer['simdjson']} ({peer['kernel']}) On-Demand: {statistics.median(best):.0f} MB/s")
    print(f"ratio, median of {options.rounds} rounds: {statistics.median(ratios):.2f}")


if __name__ == "__main__":
    main()
