#!/usr/bin/env bash
# Makes the results table of the README: the embedded default with seeds 1, 2 and 3, control arms included.
# Usage: tools/results.sh [RUNS]    Runs that are complete are not run again.
set -euo pipefail
cd "$(dirname "$0")/.."
runs=${1:-runs}
plum="dotnet run -c Release --project src/Plum.Cli --"
for controls in "" --with-controls; do
  for seed in 1 2 3; do
    $plum run --seed "$seed" $controls --out "$runs/default-seed$seed"
  done
done
$plum report --markdown "$runs"/default-seed{1,2,3} > "$runs/results.md"
sed -i -e "/^<!-- results -->$/,/^<!-- \/results -->$/{//!d}" -e "/^<!-- results -->$/r $runs/results.md" README.md
