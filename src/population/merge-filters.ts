import type { Filter } from "./filter.js";

/**
 * The filter that selects what both select. Returns undefined where nothing can be in both
 * (two lists without a common value).
 */
export function mergeFilters(a: Filter, b: Filter): Filter | undefined {
  const merged: { [name: string]: unknown } = { ...a };
  for (const [name, value] of Object.entries(b)) {
    const other = merged[name];
    if (other === undefined) merged[name] = value;
    else if (name === "from") merged[name] = laterOf(other as string, value as string);
    else if (name === "to") merged[name] = earlierOf(other as string, value as string);
    else if (Array.isArray(other) && Array.isArray(value)) {
      const common = other.filter((item) => value.includes(item));
      if (common.length === 0) return undefined;
      merged[name] = common;
    } else if (other !== value) return undefined;
  }
  return merged as Filter;
}

const laterOf = (a: string, b: string) => (a > b ? a : b);
const earlierOf = (a: string, b: string) => (a < b ? a : b);
