#!/bin/sh
# An engineer's day: sh engineer.sh LEDGER KEYS POLICY NEXT, in an empty folder.
# LEDGER is last month's export, POLICY the bundle that decided it, NEXT a change of it.
set -eu
ledger=$1
keys=$2
policy=$3
next=$4
say() { printf '\n## %s\n\n' "$1"; }
# Runs a command that has to end with this exit code.
expect() {
  code=$1
  shift
  status=0
  "$@" || status=$?
  [ "$status" = "$code" ] || { printf 'expected exit %s, found %s: %s\n' "$code" "$status" "$*"; exit 1; }
}

say "A policy to start from, which checks and tests well."
sclaw policy init mine
sclaw policy check mine
sclaw policy test mine

say "Three mistakes: a misspelt fact, no id, and a hold that waits for other signatures than it names."
sed -e 's/context.facts.rows > 100/context.facts.rowz > 100/' \
  -e 's/@id("R-002") //' \
  -e 's/contains("1:on-call")/contains("2:on-call")/' mine/policy.cedar > policy.cedar.new
cp mine/policy.cedar policy.cedar.kept
mv policy.cedar.new mine/policy.cedar
expect 1 sclaw policy check mine
mv policy.cedar.kept mine/policy.cedar
sclaw policy check mine

say "What would it decide? Exit codes are for scripts: 12 is approval."
cat > intent.json <<'JSON'
{
  "schema": "sclaw.intent/1",
  "tenant": "tenant:acme",
  "agent": { "id": "agent:clerk" },
  "adapter_id": "adapter:files@1.0",
  "operation": "rows.write",
  "resource": "/data/orders.csv",
  "params": { "path": "/data/../data/orders.csv", "rows": [] }
}
JSON
expect 0 sclaw decide --policy mine --intent intent.json --at 2026-06-01T10:00:00.000Z
expect 11 sclaw decide --policy mine --intent intent.json --at 2026-06-06T10:00:00.000Z

say "In CI: cases with a report that CI systems read. A change that loses a rule fails them."
sclaw policy test mine --format junit > tests.xml
sed -e 's/context.facts.rows > 100/context.facts.rows > 1000/' mine/policy.cedar > policy.cedar.new
mv policy.cedar.new mine/policy.cedar
expect 1 sclaw policy test mine

say "Did last month's decisions follow from the policy?"
sclaw replay "$ledger" --keys "$keys" --policy "$policy"

say "What would the change have let through last month?"
sclaw policy diff "$policy" "$next"
expect 1 sclaw backtest "$ledger" --keys "$keys" --policy "$next" --fail-on-weaker
