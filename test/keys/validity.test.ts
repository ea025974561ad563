import { describe, expect, it } from "vitest";
import { isTime, type Time } from "../../src/json/time.js";
import { isMember, standsFor, validAt, validAtPlace } from "../../src/keys/validity.js";
import { sample, trusted } from "./trust-sample.js";

const trust = trusted(sample());
const gate = trust.ledgerKeys[0]!;
const alice = trust.approvers[0]!;
const release = trust.groups.get("release")!;
const at = (text: string): Time => {
  if (!isTime(text)) throw new Error(text);
  return text;
};

describe("isTime", () => {
  it.each([
    "2026-06-01T12:00:00.000Z",
    "2024-02-29T23:59:59.999Z",
    "2000-02-29T00:00:00.000Z",
    "0000-01-01T00:00:00.000Z",
  ])("takes %s", (text) => expect(isTime(text)).toBe(true));
  it.each([
    "2026-02-29T00:00:00.000Z",
    "1900-02-29T00:00:00.000Z",
    "2026-04-31T00:00:00.000Z",
    "2026-13-01T00:00:00.000Z",
    "2026-00-01T00:00:00.000Z",
    "2026-01-00T00:00:00.000Z",
    "2026-01-01T24:00:00.000Z",
    "2026-01-01T00:60:00.000Z",
    "2016-12-31T23:59:60.000Z",
    "2026-01-01T00:00:00Z",
    "2026-01-01T00:00:00.00Z",
    "2026-01-01T00:00:00.0000Z",
    "2026-01-01T00:00:00.000+00:00",
    "2026-01-01t00:00:00.000z",
    "2026-01-01 00:00:00.000Z",
    "2026-01-01T00:00:00.000Z\n",
    "+02026-01-01T00:00:00.000Z",
    "٢026-01-01T00:00:00.000Z",
    "",
  ])("refuses %j", (text) => expect(isTime(text)).toBe(false));

  it("knows the days that the calendar of the engine knows", () => {
    for (let day = 0; day < 366 * 8; day++) {
      const text = new Date(Date.UTC(1897, 0, 1) + day * 86_400_000).toISOString();
      expect(isTime(text)).toBe(true);
    }
  });
});

describe("validAt", () => {
  it.each([
    ["2025-12-31T23:59:59.999Z", false],
    ["2026-01-01T00:00:00.000Z", true],
    ["2026-05-31T23:59:59.999Z", true],
    ["2026-06-01T00:00:00.000Z", false],
    ["2026-12-31T00:00:00.000Z", false],
  ])("valid_from ≤ %s < revoked_at: %s", (time, valid) => {
    expect(validAt(gate, at(time))).toBe(valid);
  });

  it.each([
    ["2026-12-31T23:59:59.999Z", true],
    ["2027-01-01T00:00:00.000Z", false],
  ])("%s < valid_until: %s", (time, valid) => {
    const { revokedAt: _, ...unrevoked } = gate;
    expect(validAt(unrevoked, at(time))).toBe(valid);
  });

  it("bounds nothing that the file does not", () => {
    expect(validAt(alice, at("0000-01-01T00:00:00.000Z"))).toBe(true);
    expect(validAt(alice, at("9999-12-31T23:59:59.999Z"))).toBe(true);
  });
});

describe("validAtPlace", () => {
  it("holds from first_seq to last_seq, both included", () => {
    expect([4, 5, 9, 10].map((place) => validAtPlace(gate, place))).toEqual([false, true, true, false]);
    expect([0, Number.MAX_SAFE_INTEGER].map((place) => validAtPlace(alice, place))).toEqual([true, true]);
  });
});

describe("isMember", () => {
  it("holds from `from` on and before `until`, for each membership", () => {
    const { tenants: _, members } = release;
    const first = { threshold: 1, members: members.slice(0, 1) };
    const second = { threshold: 1, members: members.slice(1, 2) };
    const times = ["2026-01-31T23:59:59.999Z", "2026-02-01T00:00:00.000Z"].map(at);
    expect(times.map((time) => isMember(first, "user:alice", time))).toEqual([true, false]);
    expect(times.map((time) => isMember(second, "user:alice", time))).toEqual([false, true]);
    expect(times.map((time) => isMember(release, "user:alice", time))).toEqual([true, true]);
  });

  it("knows nobody else", () => {
    expect(isMember(release, "user:mallory", at("2026-02-01T00:00:00.000Z"))).toBe(false);
  });
});

describe("standsFor", () => {
  it("holds for the tenants that a group names, and for all where it names none", () => {
    expect(["tenant:acme", "tenant:acme/prod", "tenant:acme/test"].map((t) => standsFor(release, t))).toEqual(
      [true, true, false],
    );
    expect(standsFor(trust.groups.get("owners")!, "tenant:any")).toBe(true);
  });
});
