declare const brand: unique symbol;

/**
 * A string or number that only a decoder may mint, so that a digest, a key id and a time
 * cannot be taken for one another. The brand exists for the compiler alone.
 */
export type Brand<T, Name extends string> = T & { readonly [brand]: Name };
