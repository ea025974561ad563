#!/bin/sh
# A gate in front of an MCP server, from nothing: sh gate.sh EXAMPLE, in an empty folder.
# EXAMPLE is the package's folder `example`: a policy for notes, and the MCP server that keeps them.
set -eu
example=$1
say() { printf '\n## %s\n\n' "$1"; }

say "Keys for the ledger and for three people, and whom to believe."
for name in ledger alice bob carol; do sclaw keys new "$name.pem"; done
sclaw keys trust init acme.example/notes
sclaw keys trust add ledger.pem.pub --holder acme.example --role ledger
for name in alice bob carol; do
  sclaw keys trust add "$name.pem.pub" --holder "user:$name@acme.example" --role approver
done
sclaw keys trust group policy-owners --threshold 1 --member user:carol@acme.example
sclaw keys trust group release-managers --threshold 2 \
  --member user:alice@acme.example --member user:bob@acme.example
sclaw keys trust tier T3_SOVEREIGN policy-owners
sclaw keys trust tier T2_ELEVATED release-managers

say "A policy, checked, and a gate."
cp -R "$example/policy" policy
sclaw policy check policy --keys keys.json
cat > gate.json <<'JSON'
{
  "format": "sclaw.gate/1",
  "ledger": "ledger.jsonl",
  "ledger_key": "ledger.pem",
  "keys": "keys.json",
  "policy": "policy",
  "pending": "pending",
  "tenant": "tenant:acme/prod",
  "agent": { "id": "agent:writer" },
  "adapter": "adapter:notes@1.0"
}
JSON

say "A ledger. Its owner releases the policy: a gate starts with a released one only."
sclaw ledger init | tee init.txt
request=$(sed -n 's/^ *request *\(corr_[A-Za-z0-9_-]*\)$/\1/p' init.txt)
sclaw approve "$request" --key carol.pem --yes
sclaw policy release

# A client of the Model Context Protocol sends a line a message. Each session initializes first.
session() {
  {
    printf '%s\n' '{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"trial","version":"1"}}}'
    printf '%s\n' '{"jsonrpc":"2.0","method":"notifications/initialized"}'
    cat
  } | sclaw gate mcp --config gate.json -- node "$example/notes-server.mjs" notes
}
call() {
  printf '{"jsonrpc":"2.0","id":%s,"method":"tools/call","params":{"name":"%s","arguments":{"workspace":"%s","name":"plan","text":"ship"}}}\n' "$@"
}

say "An agent writes, tries to delete, looks at another tenant, and asks to publish."
{
  call 1 write_note tenant:acme/prod
  call 2 delete_note tenant:acme/prod
  call 3 read_note tenant:globex/prod
  call 4 publish_note tenant:acme/prod
} | session | tee first.txt
ls notes

say "Two people sign what they are shown; the agent asks again."
request=$(grep -o 'corr_[A-Za-z0-9_-]*' first.txt | head -1)
sclaw approve show "$request"
for name in alice bob; do sclaw approve "$request" --key "$name.pem" --yes; done
call 5 publish_note tenant:acme/prod | session
ls notes

say "What the record is worth."
sclaw ledger export export.jsonl
sclaw verify export.jsonl --keys keys.json
sclaw replay export.jsonl --keys keys.json --policy policy
