#!/bin/sh
# A coding agent's hook denies a command: sh hook.sh POLICY, in an empty folder.
# POLICY is a bundle for a coding agent's tools. The agent is played by its events.
set -eu
policy=$1
say() { printf '\n## %s\n\n' "$1"; }
# Runs a command that has to end with this exit code.
expect() {
  code=$1
  shift
  status=0
  "$@" || status=$?
  [ "$status" = "$code" ] || { printf 'expected exit %s, found %s: %s\n' "$code" "$status" "$*"; exit 1; }
}

say "Keys for the ledger and for two people, and whom to believe."
mkdir gate project
cd gate
for name in ledger olivia max; do sclaw keys new "$name.pem"; done
sclaw keys trust init acme.example/coding
sclaw keys trust add ledger.pem.pub --holder acme.example --role ledger
for name in olivia max; do
  sclaw keys trust add "$name.pem.pub" --holder "user:$name@acme.example" --role approver
done
sclaw keys trust group policy-owners --threshold 1 --member user:olivia@acme.example
sclaw keys trust group maintainers --threshold 1 --member user:max@acme.example
sclaw keys trust tier T3_SOVEREIGN policy-owners
sclaw keys trust tier T2_ELEVATED maintainers

say "A policy for this project, checked, and a gate."
cp -R "$policy" policy
(cd ../project && pwd) > project.txt
for file in policy.cedar tests.json; do
  sed "s|/projects/app|$(cat project.txt)|g" "policy/$file" > edited
  mv edited "policy/$file"
done
sclaw policy check policy --keys keys.json
cat > gate.json <<'JSON'
{
  "format": "sclaw.gate/1",
  "ledger": "ledger.jsonl",
  "ledger_key": "ledger.pem",
  "keys": "keys.json",
  "policy": "policy",
  "pending": "pending",
  "tenant": "tenant:acme",
  "agent": { "id": "agent:coder" },
  "adapter": "adapter:claude-code@1"
}
JSON

say "A ledger. Its owner releases the policy: a gate starts with a released one only."
sclaw ledger init | tee init.txt
request=$(sed -n 's/^ *request *\(corr_[A-Za-z0-9_-]*\)$/\1/p' init.txt)
sclaw approve "$request" --key olivia.pem --yes
sclaw policy release

say "The hook, in the settings of the project's agent."
cd ../project
gate=$(cd ../gate && pwd)
sclaw hook install --config "$gate/gate.json"

# What the agent's settings say is what it runs: read it from there.
hook=$(node -p 'JSON.parse(require("fs").readFileSync(".claude/settings.json")).hooks.PreToolUse[0].hooks[0].command')
# An event as the agent writes it: event NAME CALL COMMAND [RESULT]
event() {
  printf '{"session_id":"s-1","cwd":"%s","hook_event_name":"%s","tool_name":"Bash",' "$(pwd)" "$1"
  printf '"tool_use_id":"%s","tool_input":{"command":"%s"}%s}' "$2" "$3" "${4-}"
}

say "The agent looks around: no objection. It says what came of it."
event PreToolUse toolu_1 "git status" | expect 0 sh -c "$hook"
event PostToolUse toolu_1 "git status" ',"tool_response":{"stdout":"clean"}' | expect 0 sh -c "$hook"

say "It wants to remove everything: denied, with the rule and why."
event PreToolUse toolu_2 "rm -rf ." | expect 0 sh -c "$hook" > denied.json
cat denied.json
grep -q '"permissionDecision":"deny"' denied.json

say "It wants to push: held. A maintainer signs, it tries again, once."
event PreToolUse toolu_3 "git push" | expect 0 sh -c "$hook" > held.json
cat held.json
request=$(sed -n 's/.*sclaw approve \(corr_[A-Za-z0-9_-]*\).*/\1/p' held.json)
(cd ../gate && sclaw approve "$request" --key max.pem --yes)
event PreToolUse toolu_4 "git push" | expect 0 sh -c "$hook"
event PostToolUse toolu_4 "git push" ',"tool_response":{"stdout":"done"}' | expect 0 sh -c "$hook"

say "Something ran that nobody asked about: noticed, and recorded."
event PostToolUse toolu_5 "make" ',"tool_response":{}' | expect 2 sh -c "$hook"

say "Without its gate the hook blocks, whatever the command is."
mv ../gate/gate.json ../gate/away.json
event PreToolUse toolu_6 "git status" | expect 2 sh -c "$hook"
mv ../gate/away.json ../gate/gate.json

say "The record: what it is worth, and whether every decision follows from the policy."
cd ../gate
sclaw verify
sclaw replay
