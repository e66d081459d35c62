"""Prints what tools/ablation.sh measured as a table: python3 tools/ablation.py WORK."""
import json
import os
import sys

work = sys.argv[1]
print("| filter | tests | kept | tests a suite | mutation score | false pass | false fail | held-out before | after | gain (95%) |")
print("|---|---|---|---|---|---|---|---|---|---|")
for name in ("none", "agreement", "codet", "pagerank"):
    for tests in (1, 3, 5, 10):
        path = os.path.join(work, "%s-%d.json" % (name, tests))
        if not os.path.exists(path):
            continue
        with open(path) as file:
            cell = json.loads(file.read().splitlines()[-1])
        learnt = ["", "", ""]
        report = os.path.join(work, "run-%s-%d" % (name, tests), "report.json")
        if os.path.exists(report):
            with open(report) as file:
                run = json.load(file)
            learnt = ["%.1f" % (100 * run["before"]["pass_at_1"]), "%.1f" % (100 * run["after"]["pass_at_1"]),
                      "%+.1f (%+.1f to %+.1f)" % tuple(100 * run[key] for key in ("gain", "gain_low", "gain_high"))]
        share = lambda key: "%.1f%%" % (100 * cell[key])
        print("| " + " | ".join([name, str(tests), "%.1f%%" % (100 * cell["kept"] / cell["instructions"]), "%.1f" % cell["tests_per_suite"],
                                 share("mutation_score"), share("false_pass_rate"), share("false_fail_rate")] + learnt) + " |")
