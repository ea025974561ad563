import { describe, expect, it } from "vitest";
import {
  decodeShape,
  integer,
  list,
  object,
  oneOf,
  pointerTo,
  record,
  refine,
  type Shape,
  text,
} from "../../src/json/shape.js";

const issues = (shape: Shape<unknown>, value: never | unknown) => {
  const shaped = decodeShape(shape, value as never);
  return shaped.ok ? [] : shaped.issues.map((issue) => issue.pointer);
};

describe("shapes", () => {
  const any = text("a string", () => true);

  it("an object has exactly its members", () => {
    const shape = object<{ a: string; b?: string }>({ a: any, b: any }, ["b"]);
    expect(issues(shape, { a: "x" })).toEqual([]);
    expect(issues(shape, { a: "x", b: "y" })).toEqual([]);
    expect(issues(shape, { b: null, c: 1, "d/~": 2 })).toEqual(["/a", "/b", "/c", "/d~1~0"]);
    for (const value of [null, [], "x", 1, true]) expect(issues(shape, value)).toEqual([""]);
  });

  it("inherited members are none", () => {
    const shape = object<{ toString: string }>({ toString: any });
    expect(issues(shape, {})).toEqual(["/toString"]);
  });

  it("a list bounds its number and names the place", () => {
    const shape = list(integer(), { least: 1, most: 2 });
    expect(issues(shape, [0])).toEqual([]);
    expect(issues(shape, [])).toEqual([""]);
    expect(issues(shape, [1, "x", -1])).toEqual(["", "/1", "/2"]);
    expect(issues(shape, { length: 1, 0: 1 })).toEqual([""]);
  });

  it("integers", () => {
    for (const good of [0, 1, 2 ** 53 - 1]) expect(issues(integer(), good)).toEqual([]);
    for (const bad of [-1, 0.5, 2 ** 53, Number.NaN, "0", null]) expect(issues(integer(), bad)).toEqual([""]);
    expect(issues(integer(1), 0)).toEqual([""]);
  });

  it("a refinement looks only at what has the shape", () => {
    let looked = 0;
    const shape = refine(record(oneOf("x")), () => {
      looked++;
    });
    expect(issues(shape, { a: "y" })).toEqual(["/a"]);
    expect(looked).toBe(0);
    expect(issues(shape, { a: "x" })).toEqual([]);
    expect(looked).toBe(1);
  });

  it("pointers are RFC 6901's", () => {
    expect(pointerTo("/a", "b/c~d")).toBe("/a/b~1c~0d");
    expect(pointerTo("", "")).toBe("/");
  });

  it("a long value is cut in what is said of it", () => {
    const shaped = decodeShape(oneOf("x"), "y".repeat(10_000));
    expect(shaped.ok).toBe(false);
    if (!shaped.ok) expect(shaped.issues[0]!.actual.length).toBeLessThan(100);
  });
});
