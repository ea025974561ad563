#!/bin/sh
# A ledger verified in pieces, two at a time: sh parts.sh LEDGER KEYS [PIECES], in an empty folder.
set -eu
ledger=$1
keys=$2
pieces=${3:-8}

seq "$pieces" | xargs -P 2 -I{} sh -c 'sclaw verify "$1" --keys "$2" --jobs 1 --part "{}/$3" --format part > "part-{}"' sh "$ledger" "$keys" "$pieces"
sclaw verify merge part-* --keys "$keys" --fail-on error --format json > merged.json
sclaw verify "$ledger" --keys "$keys" --fail-on error --format json > whole.json
cmp merged.json whole.json
echo "$pieces parts come to the verdict of the whole"
