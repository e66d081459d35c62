#!/usr/bin/env bash
# Makes the ablation table of docs/suites.md: how suites are filtered times how many tests they have, their quality by hidden truth,
# and what a short run learns from them on held-out tasks.
# Usage: tools/ablation.sh [WORK]    What is complete is not made again. PLUM names another way to start plum.
# CELLS="agreement:5 none:5" makes only these; GAIN=0 leaves the runs out, which take about a minute a cell on two quiet cores.
set -euo pipefail
cd "$(dirname "$0")/.."
work=${1:-artifacts/ablation}
plum=${PLUM:-dotnet run -c Release --project src/Plum.Cli --}
cells=${CELLS:-$(for tests in 5 1 10 3; do for filter in none agreement codet pagerank; do echo "$filter:$tests"; done; done)}
mkdir -p "$work"

# Hidden tests of the instructions to learn from, by the generator that made them. They are for measuring alone: no run reads them.
if [ ! -f "$work/truth.jsonl" ]; then
  python3 tools/domain/generate.py --seed 1 --out "$work/domain" --sft 1500 --teacher 14000 --truth "$work/truth.tmp"
  cmp "$work/domain/plum.jsonl" assets/instructions/plum.jsonl
  mv "$work/truth.tmp" "$work/truth.jsonl"
fi
head -n 600 assets/instructions/plum.jsonl > "$work/instructions.jsonl"

# Ten varied inputs stand beside the teacher's five, so that ten tests can be chosen; one test is enough for a suite, and no instruction
# falls for references that differ, which would be a filter of its own.
set_of() { echo "--set suites.filter=${1%:*} --set suites.max_tests=${1#*:} --set suites.min_tests=1 --set suites.varied_inputs=10 --set suites.min_consistency=0"; }
for cell in $cells; do
  name=${cell/:/-}
  [ -s "$work/$name.json" ] || { $plum suites --instructions "$work/instructions.jsonl" --out "$work/$name.suites.jsonl" \
    --audit 300 --truth "$work/truth.jsonl" --set samples=8 $(set_of "$cell") --json > "$work/$name.tmp" && mv "$work/$name.tmp" "$work/$name.json"; }
done
if [ "${GAIN:-1}" != 0 ]; then
  for cell in $cells; do
    [ -f "$work/run-${cell/:/-}/report.json" ] || $plum run --out "$work/run-${cell/:/-}" --seed 1 \
      --set rounds=1 --set instructions_per_round=800 $(set_of "$cell")
  done
fi
python3 tools/ablation.py "$work" > "$work/table.md"
cat "$work/table.md"
