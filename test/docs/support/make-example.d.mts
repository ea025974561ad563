/** The worked example of docs/format.md: three fenced blocks, by name. */
export function exampleBlocks(): { readonly [name: string]: string };
/** The page with the example's blocks put in place of those that it holds. */
export function withExample(page: string): string;
