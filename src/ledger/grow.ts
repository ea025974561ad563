/** The same array, or a copy of twice the length where `needed` items do not fit. */
export function growTo<T extends Uint32Array | Uint16Array | Uint8Array>(array: T, needed: number): T {
  if (needed <= array.length) return array;
  const Constructor = array.constructor as new (length: number) => T;
  const larger = new Constructor(Math.max(needed, array.length * 2));
  larger.set(array);
  return larger;
}
