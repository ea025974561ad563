/**
 * Memory. There is no collector here and no heap of objects: what is needed for the whole run is
 * taken once, from a mark that only goes up.
 */
let mark: usize = (__heap_base + 127) & ~127;

/**
 * Takes `bytes` of zeroed memory, aligned to 128. Returns its address, or 0 where the host gives no
 * more. Views that the host holds of the memory are stale after it.
 */
export function take(bytes: usize): usize {
  const at = mark;
  const end = (at + bytes + 127) & ~127;
  const pages = <i32>((end + 0xffff) >>> 16);
  if (pages > memory.size() && memory.grow(pages - memory.size()) < 0) return 0;
  mark = end;
  return at;
}
