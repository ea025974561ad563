import { describeJson, isJsonObject, type Json, type JsonArray, type JsonObject } from "../json/json.js";
import { isUser } from "../json/names.js";
import { pointerTo, type Shape, type ShapeIssue } from "../json/shape.js";
import { isTime } from "../json/time.js";
import { isKeyId, type PublicKeyResult } from "./public-key.js";
import type { GroupValue, KeyValue, TrustFileValue } from "./trust-value.js";
import { upperTiers } from "./trust-value.js";

/**
 * What a trust file has to keep to between its members (section 7). Each rule takes any
 * JSON, passes over what the shape has refused already, and adds what it finds.
 */
type Rule = (value: JsonObject, pointer: string, issues: ShapeIssue[]) => void;

/** Rules over the whole file: ids, tiers, and the quorum of witnesses. */
export const trustRules: Shape<TrustFileValue> = onObject((file, pointer, issues) => {
  const keys = arrayOf(file["keys"]);
  idsOnce(keys, `${pointer}/keys`, issues);
  tierGroups(file, pointer, issues);
  quorumReachable(file, keys, pointer, issues);
});

/** Rules of one group: its members' times, and no person twice at one time. */
export const groupRules: Shape<GroupValue> = onObject((group, pointer, issues) => {
  const byHolder = new Map<string, Membership[]>();
  arrayOf(group["members"]).forEach((member, place) => {
    if (!isJsonObject(member)) return;
    inOrder(member, "from", "until", `${pointer}/members/${place}`, issues);
    const { holder, from, until } = member;
    if (typeof holder !== "string") return;
    const memberships = byHolder.get(holder) ?? [];
    byHolder.set(holder, memberships);
    memberships.push({
      place,
      from: isTimeValue(from) ? from : beforeAllTimes,
      until: isTimeValue(until) ? until : afterAllTimes,
    });
  });
  for (const memberships of byHolder.values()) onceAtATime(memberships, `${pointer}/members`, issues);
});

/** Rules of one key: its id, what its role needs, and its times and places in order. */
export function keyRules(readKey: (base64: string) => PublicKeyResult): Shape<KeyValue> {
  return onObject((key, pointer, issues) => {
    idOfItsKey(key, readKey, pointer, issues);
    roleNeeds(key, pointer, issues);
    inOrder(key, "valid_from", "valid_until", pointer, issues);
    const [first, last] = [key["first_seq"], key["last_seq"]];
    if (isPlace(first) && isPlace(last) && first > last) {
      issues.push({
        pointer: `${pointer}/last_seq`,
        expected: `at least first_seq, ${first}`,
        actual: `${last}`,
      });
    }
  });
}

function idOfItsKey(
  key: JsonObject,
  readKey: (base64: string) => PublicKeyResult,
  pointer: string,
  issues: ShapeIssue[],
): void {
  const [id, base64] = [key["id"], key["public_key"]];
  if (typeof id !== "string" || !isKeyId(id) || typeof base64 !== "string") return;
  const read = readKey(base64);
  if (!read.ok || read.key.id === id) return;
  issues.push({
    pointer: `${pointer}/id`,
    expected: `the id of its key, "${read.key.id}"`,
    actual: `"${id}"`,
  });
}

function roleNeeds(key: JsonObject, pointer: string, issues: ShapeIssue[]): void {
  const role = key["role"];
  const lack = (name: string, expected: string): void => {
    if (!Object.hasOwn(key, name))
      issues.push({ pointer: `${pointer}/${name}`, expected, actual: "nothing" });
  };
  if (role === "ledger") {
    // Whoever holds a revoked key can backdate a time, and cannot choose a place (section 7).
    const ends = ["revoked_at", "valid_until"].filter((name) => Object.hasOwn(key, name));
    if (ends.length > 0) lack("last_seq", `the last place of a ledger key that has ${ends.join(" and ")}`);
  }
  if (role === "approver" || role === "witness") {
    for (const name of ["first_seq", "last_seq"]) {
      if (!Object.hasOwn(key, name)) continue;
      const actual = `${describeJson(key[name])} on a key of role "${role}"`;
      issues.push({ pointer: `${pointer}/${name}`, expected: "places on ledger keys alone", actual });
    }
  }
  if (role === "witness") lack("name", "the name that the witness signs notes with");
  const holder = key["holder"];
  if (role === "approver" && typeof holder === "string" && !isUser(holder)) {
    const expected = '"user:" and a name, since approvers are people';
    issues.push({ pointer: `${pointer}/holder`, expected, actual: describeJson(holder) });
  }
}

function idsOnce(keys: JsonArray, pointer: string, issues: ShapeIssue[]): void {
  const firstAt = new Map<string, number>();
  keys.forEach((key, i) => {
    const id = isJsonObject(key) ? key["id"] : undefined;
    if (typeof id !== "string") return;
    const first = firstAt.get(id);
    if (first === undefined) firstAt.set(id, i);
    else {
      const actual = `the id of ${pointer}/${first} again`;
      issues.push({ pointer: `${pointer}/${i}/id`, expected: "each id once", actual });
    }
  });
}

function tierGroups(file: JsonObject, pointer: string, issues: ShapeIssue[]): void {
  const [tiers, groups] = [file["tiers"], file["groups"]];
  if (!isJsonObject(tiers)) return;
  for (const tier of upperTiers) {
    const names = arrayOf(tiers[tier]);
    const seen = new Set<string>();
    names.forEach((name, i) => {
      if (typeof name !== "string") return;
      const where = `${pointer}${pointerTo("/tiers", tier)}/${i}`;
      const actual = describeJson(name);
      if (isJsonObject(groups) && !Object.hasOwn(groups, name)) {
        issues.push({ pointer: where, expected: "a group of this file", actual });
      }
      if (seen.has(name)) {
        issues.push({ pointer: where, expected: "each group of a tier once", actual: `${actual} again` });
      }
      seen.add(name);
    });
  }
}

function quorumReachable(file: JsonObject, keys: JsonArray, pointer: string, issues: ShapeIssue[]): void {
  const quorum = file["witness_quorum"];
  const witnesses = keys.filter((key) => isJsonObject(key) && key["role"] === "witness") as JsonObject[];
  // One witness with two keys is one witness.
  const holders = new Set(witnesses.map((key) => key["holder"])).size;
  if (!isPlace(quorum) || quorum <= holders) return;
  const expected = `at most the number of witnesses, ${holders}`;
  issues.push({ pointer: `${pointer}/witness_quorum`, expected, actual: `${quorum}` });
}

/** Of two times that are both given, the earlier member has to be the earlier time. */
function inOrder(
  value: JsonObject,
  from: string,
  until: string,
  pointer: string,
  issues: ShapeIssue[],
): void {
  const [start, end] = [value[from], value[until]];
  if (!isTimeValue(start) || !isTimeValue(end) || start < end) return;
  issues.push({ pointer: `${pointer}/${until}`, expected: `a time after ${from}, ${start}`, actual: end });
}

/** One membership of a person: [from, until), by its place in the list. */
interface Membership {
  readonly place: number;
  readonly from: string;
  readonly until: string;
}

/** Texts that compare with every time as what is not given does. */
const beforeAllTimes = "";
const afterAllTimes = "~";

/**
 * In the order of their starts, a membership shares a moment with an earlier one where it starts
 * before the latest end so far. Sorted, since a file may come from somebody who wants this to last.
 */
function onceAtATime(memberships: readonly Membership[], pointer: string, issues: ShapeIssue[]): void {
  const sorted = [...memberships].sort((a, b) => (a.from < b.from ? -1 : a.from > b.from ? 1 : 0));
  let latest: Membership | undefined;
  for (const membership of sorted) {
    if (latest !== undefined && membership.from < latest.until) {
      const [first, again] = [latest.place, membership.place].sort((a, b) => a - b);
      const actual = `the holder of ${pointer}/${first} again`;
      issues.push({ pointer: `${pointer}/${again}`, expected: "no member twice at one time", actual });
    }
    if (latest === undefined || membership.until > latest.until) latest = membership;
  }
}

function isTimeValue(value: Json | undefined): value is string {
  return typeof value === "string" && isTime(value);
}

function isPlace(value: Json | undefined): value is number {
  return typeof value === "number" && Number.isSafeInteger(value);
}

function arrayOf(value: Json | undefined): JsonArray {
  return Array.isArray(value) ? value : [];
}

function onObject<T>(rule: Rule): Shape<T> {
  return (value, pointer, issues) => {
    if (isJsonObject(value)) rule(value, pointer, issues);
  };
}
