import { readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";

const source = fileURLToPath(new URL("../src", import.meta.url));

/** Rooms by level, lowest first: a room imports from lower levels and from itself only. */
const levels = [
  ["bytes", "statistics"],
  ["json", "findings"],
  ["keys", "merkle"],
  ["receipt"],
  ["policy"],
  ["ledger"],
  ["kernel"],
  ["population"],
  ["replay"],
  ["controls", "sampling"],
  ["workpaper"],
  ["report"],
  ["io"],
  ["writer"],
  ["gate"],
  ["mcp", "hook", "demo"],
  ["commands"],
];
/** Rooms that may touch files, clock, randomness, environment and process. */
const impure = new Set(["io", "writer", "gate", "mcp", "hook", "demo", "commands"]);

const files = readdirSync(source, { recursive: true, encoding: "utf8" }).filter((name) =>
  name.endsWith(".ts"),
);
const roomOf = (file: string) => file.split("/")[0]!;
const levelOf = (room: string) => levels.findIndex((rooms) => rooms.includes(room));

function importsOf(file: string): string[] {
  const text = readFileSync(join(source, file), "utf8");
  return [...text.matchAll(/(?:from|import\()\s*"([^"]+)"/g)].map((match) => match[1]!);
}

describe("rooms", () => {
  test("every folder of src has its level", () => {
    const rooms = new Set(files.filter((file) => file.includes("/")).map(roomOf));
    expect([...rooms].filter((room) => levelOf(room) < 0)).toEqual([]);
  });

  test.each(files.filter((file) => file !== "index.ts"))("%s imports from lower levels only", (file) => {
    const own = roomOf(file);
    const upward = importsOf(file)
      .filter((name) => name.startsWith("."))
      .map((name) => roomOf(relative(source, resolve(source, dirname(file), name))))
      .filter((room) => room !== own && levelOf(room) >= levelOf(own));
    expect(upward).toEqual([]);
  });

  test.each(files.filter((file) => file !== "index.ts" && !impure.has(roomOf(file))))(
    "%s is pure",
    (file) => {
      const text = readFileSync(join(source, file), "utf8").replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, "");
      expect(importsOf(file).filter((name) => name.startsWith("node:") || name === "#engine")).toEqual([]);
      expect(text).not.toMatch(
        /\b(process\.|Buffer\b|Date\.now|new Date\(\)|Math\.random|performance\.|crypto\.get|globalThis|setTimeout)/,
      );
    },
  );

  test("the library's surface names what it exports", () => {
    expect(readFileSync(join(source, "index.ts"), "utf8")).not.toMatch(/export \*/);
  });
});
