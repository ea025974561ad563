/** The same array, or a copy that is half as long again where `needed` items do not fit. */
export function growTo<T extends Uint32Array | Uint16Array | Uint8Array>(array: T, needed: number): T {
  if (needed <= array.length) return array;
  const Constructor = array.constructor as new (length: number) => T;
  const larger = new Constructor(Math.max(needed, Math.ceil(array.length * 1.5)));
  larger.set(array);
  return larger;
}
