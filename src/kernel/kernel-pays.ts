/** Bytes of a ledger from which on a kernel is worth its start; a shorter one is verified line by line. */
export const kernelPays = 512 * 1024;
