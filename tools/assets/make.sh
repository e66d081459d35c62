#!/usr/bin/env bash
# Makes everything in assets/ from nothing: the instructions, the tokenizer, the seed policy and the seed teacher.
# Usage: tools/assets/make.sh [WORK]    About half an hour on two cores; the same seed and machine give the same bytes.
set -euo pipefail
cd "$(dirname "$0")/../.."
work=${1:-artifacts/assets}
plum="dotnet run -c Release --project src/Plum.Cli --"
mkdir -p "$work/policy" "$work/teacher" assets/instructions

python3 tools/domain/generate.py --seed 1 --out "$work" --teacher-out "$work" --sft 1500 --teacher 14000 --teacher-more 36000 --truth "$work/truth.jsonl"
python3 tools/domain/bpe.py --vocab 768 --out "$work/tokenizer" "$work/sft.jsonl" "$work/teacher.jsonl"
cp "$work"/{plum,validation,heldout}.jsonl "$work/manifest.json" assets/instructions/
python3 tools/domain/hidden.py "$work/truth.jsonl" > assets/instructions/truth.jsonl
# The policy learns from some of the teacher's examples too: its own are chosen for variety, and are too few of it for each phrase.
head -n 400 "$work/teacher.jsonl" > "$work/more.jsonl"
python3 tools/domain/messages.py "$work/sft.jsonl" "$work/more.jsonl" > assets/instructions/sft.jsonl
python3 tools/domain/messages.py "$work/teacher.jsonl" "$work/sft.jsonl" "$work/teacher-more.jsonl" > "$work/teacher.messages.jsonl"
for model in policy teacher; do
  cp "$work"/tokenizer/* "$work/$model/"
  cp "tools/assets/$model.json" "$work/$model/config.json"
done

train="--learning-rate 3e-3 --warmup 20 --weight-decay 0.05 --schedule cosine --precision bfloat16 --seed 1 --workers 2"
rm -rf assets/policy assets/teacher
$plum sft --data assets/instructions/sft.jsonl --config "$work/policy" --out assets/policy --epochs 20 --batch 24 $train
$plum sft --data "$work/teacher.messages.jsonl" --config "$work/teacher" --out assets/teacher --epochs 3 --batch 48 $train
rm -f assets/*.metrics.jsonl
find assets -type f ! -name SHA256SUMS | LC_ALL=C sort | xargs sha256sum > assets/SHA256SUMS
