/** Ones in each byte that is one of `count` characters from `first` on. */
// @ts-ignore: decorator
@inline export function areAmong(text: v128, first: u8, count: u8): v128 {
  return i8x16.lt_u(i8x16.sub(text, i8x16.splat(first)), i8x16.splat(count));
}
