#!/bin/sh
# An examiner's day: sh examiner.sh LEDGER KEYS, in an empty folder.
# What comes from the entity is the export; the trust file is the examiner's own.
set -eu
ledger=$1
keys=$2
here=$(dirname "$0")
say() { printf '\n## %s\n\n' "$1"; }

say "Is the export what was signed? Keep its checkpoint for next time."
sclaw verify "$ledger" --keys "$keys" --fail-on error --save-checkpoint checkpoint.note

say "What is the population? It is frozen before a seed is drawn."
sclaw population "$ledger" --keys "$keys" --from 2026-06-01 --to 2026-06-30

say "How many items?"
sclaw plan --confidence 90 --tolerable 20 --expected 0 --population 19

say "Draw them, with the examiner's seed."
sclaw sample "$ledger" --keys "$keys" --from 2026-06-01 --to 2026-06-30 --n 9 --stratify tier \
  --seed f85c342b0ccb0518d246e7db7e7686d3 --seed-by "J. Doe, examiner" \
  --out sample.csv --proofs proofs

say "Test them, and fill the workpaper in."
node "$here/fill-in.mjs" sample.csv "J. Doe" 2026-07-06

say "Is it still the sample that was drawn?"
sclaw sample check sample.csv "$ledger" --keys "$keys"

say "What does one deviation in nine items say?"
sclaw evaluate --n 9 --deviations 1 --confidence 90 --tolerable 20 --population 19

say "Report, with the conclusions."
sclaw report "$ledger" --keys "$keys" --from 2026-06-01 --to 2026-06-30 --criteria CC6,CC7 --sla 24h --sample sample.csv --out report.md
sclaw report "$ledger" --keys "$keys" --criteria CC6,CC7 --sla 24h --out report.csv

say "Each proof stands by itself."
for proof in proofs/*.json; do sclaw prove check "$proof" --keys "$keys" >/dev/null && printf '%s holds\n' "$proof"; done
