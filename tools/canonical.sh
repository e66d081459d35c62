#!/usr/bin/env bash
# Makes the table "HumanEval and MBPP" of docs/suites.md: suites from a teacher on record whose references are the canonical solutions,
# and their verdicts on StarCoder2-15B-Instruct's public programs beside EvalPlus's. Nobody is asked; nothing of the data is kept in the repository.
# Usage: tools/canonical.sh [WORK]    PLUM_DATA and PLUM_ORACLES name the data; PLUM and BENCH other ways to start the two programs.
set -euo pipefail
cd "$(dirname "$0")/.."
work=${1:-artifacts/canonical}
plum=${PLUM:-dotnet run -c Release --project src/Plum.Cli --}
bench=${BENCH:-dotnet run -c Release --project bench/Plum.Bench --}

$bench canonical "$work"
for set in humaneval+ mbpp+; do
  rm -f "$work/$set"/{suites,verdicts}.jsonl
  $plum suites --recipe "$work/$set/recipe.json" --instructions "$work/$set/instructions.jsonl" --out "$work/$set/suites.jsonl" --audit 1000 --json > "$work/$set/figures.json"
  $plum verify --candidates "$work/$set/candidates.jsonl" --suites "$work/$set/suites.jsonl" --out "$work/$set/verdicts.jsonl"
done
python3 tools/canonical.py "$work" | tee "$work/table.md"
