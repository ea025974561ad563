import type { Loose } from "../../fixtures/make/loose.mjs";
import { request, standard } from "../../fixtures/make/story.mjs";

/** A receipt with every optional member that one without an approval can have. */
export function plainReceipt(): Loose {
  const receipt = structuredClone(standard().receipts[2]);
  receipt.outcome.result_hash = receipt.ir_hash;
  receipt.ext = { build: "2026.6", retries: 3, list: [1, "a", null, true] };
  return receipt;
}

/** A `granted` receipt with two signatures. */
export function grantedReceipt(): Loose {
  return structuredClone(request().receipts[2]);
}

/** Runs `edit` on a copy. */
export function edited(value: Loose, edit: (copy: Loose) => void): Loose {
  const copy = structuredClone(value);
  edit(copy);
  return copy;
}

/** The value at a path like `approval/signatures/0/at`, replaced; undefined takes it out. */
export function replaced(value: Loose, path: string, by: unknown): Loose {
  return edited(value, (copy) => {
    const names = path.split("/");
    const last = names.pop()!;
    const parent = names.reduce((inner, name) => inner[name], copy);
    if (by !== undefined) parent[last] = by;
    else if (Array.isArray(parent)) parent.splice(Number(last), 1);
    else delete parent[last];
  });
}

/** Paths of every member and item of a value. */
export function paths(value: Loose, prefix = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  return Object.keys(value).flatMap((name) => [
    `${prefix}${name}`,
    ...paths(value[name], `${prefix}${name}/`),
  ]);
}
