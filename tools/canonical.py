"""Prints what tools/canonical.sh measured as a table, and on stderr where suites and EvalPlus differ: python3 tools/canonical.py WORK."""
import json
import os
import sys

work = sys.argv[1]


def lines(*path):
    with open(os.path.join(work, *path)) as file:
        return [json.loads(line) for line in file]


print("| set | instructions | suites | dropped | tests a suite | mutation score | lines | branches | programs | both pass | both fail "
      "| false pass | false fail | agreement | special oracles aside |")
print("|---" * 15 + "|")
for name in ("humaneval+", "mbpp+"):
    figures = lines(name, "figures.json")[-1]
    kept = {suite["instruction_id"] for suite in lines(name, "suites.jsonl") if "drop_reason" not in suite}
    theirs = {one["task_id"]: one for one in lines(name, "evalplus.jsonl")}
    counts = {(ours, right): 0 for ours in (True, False) for right in (True, False)}
    plain = [0, 0]
    for verdict in lines(name, "verdicts.jsonl"):
        task = verdict["task_id"]
        if task not in kept:
            continue
        ours, right = verdict["passed"], theirs[task]["passes"]
        counts[ours, right] += 1
        if not theirs[task]["special_oracle"]:
            plain[0] += ours == right
            plain[1] += 1
        if ours != right:
            print("%s: %s" % (task, "false pass" if ours else "false fail: %s" % json.dumps(verdict.get("first_failure"))), file=sys.stderr)
    total = sum(counts.values())
    share = lambda part, whole: "%.1f%%" % (100 * part / whole)
    print("| " + " | ".join([
        name, str(figures["instructions"]), str(figures["kept"]), ", ".join("%s %d" % one for one in sorted(figures["dropped"].items())),
        "%.1f" % figures["tests_per_suite"], "%.1f%%" % (100 * figures["mutation_score"]), "%.1f%%" % (100 * figures["line_coverage"]),
        "%.1f%%" % (100 * figures["branch_coverage"]), str(total), str(counts[True, True]), str(counts[False, False]),
        str(counts[True, False]), str(counts[False, True]), share(counts[True, True] + counts[False, False], total),
        "%s of %d" % (share(*plain), plain[1])]) + " |")
