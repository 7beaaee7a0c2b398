"""``make mutate``: choose mutations by seed, run them, say the share that tests noticed and what survived."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

from mutate.plan import ROOT, choose, equivalents, load_areas, mutations_of
from mutate.run import NOTICED, SURVIVED, TOO_LONG, failing_anyway, read_results, run_all

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="mutate", description=__doc__)
    parser.add_argument("-n", type=int, default=200, help="how many mutations")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--area", action="append", help="only these areas")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--results", type=Path, default=ROOT / "out" / "mutations.jsonl", help="kept from run to run")
    parser.add_argument("--again", action="store_true", help="run survivors once more")
    parser.add_argument("--count", action="store_true", help="only say how many mutations there are")
    return parser.parse_args()


def main() -> int:
    """Return 0 when every chosen mutation is noticed or explained."""
    options = _arguments()
    everything = load_areas()
    areas = [area for area in everything if not options.area or area.name in options.area]
    if options.count:
        for area in areas:
            print(f"{area.name}: {len(mutations_of(area))}")
        return 0
    options.results.parent.mkdir(parents=True, exist_ok=True)
    names = {area.name for area in areas}
    chosen = [one for one in choose(everything, options.n, options.seed) if one.area in names]
    if options.again:
        _forget_survivors(options.results)
    for result in run_all(chosen, {area.name: area for area in areas}, options.results, options.workers):
        _say(f"{result['status']:9} {result['seconds']:6.1f} s  {result['path']}:{result['line']}  {result['kind']}")
    done = read_results(options.results)
    results = [done[one.ident] for one in chosen if one.ident in done]
    if unsound := failing_anyway(results):
        print(f"these tests would notice anything: {unsound}")
        return 1
    return _report(results, equivalents())


def _say(line: str) -> None:
    print(line, flush=True)


def _forget_survivors(known: Path) -> None:
    lines = known.read_text(encoding="utf-8").splitlines(keepends=True) if known.exists() else []
    known.write_text("".join(line for line in lines if f'"status": "{NOTICED}"' in line), encoding="utf-8")


def _report(results: Iterable[Mapping[str, Any]], explained: Mapping[str, str]) -> int:
    tried, noticed = Counter[str](), Counter[str]()
    survivors = []
    for one in results:
        if one["id"] in explained:
            continue
        tried[one["area"]] += 1
        noticed[one["area"]] += one["status"] in {NOTICED, TOO_LONG}
        if one["status"] == SURVIVED:
            survivors.append(one)
    for one in survivors:
        print(f"\n{one['id']}  {one['path']}:{one['line']}  {one['kind']}\n{one['diff']}")
    print("\narea                 noticed of tried")
    for area, number in tried.items():
        print(f"{area:20} {noticed[area]:3} {number:3}")
    total = sum(tried.values())
    share = sum(noticed.values()) / total if total else 0
    print(f"{'all':20} {sum(noticed.values()):3} {total:3}   {share:.1%}")
    return int(bool(survivors))


if __name__ == "__main__":
    sys.exit(main())
