/** The worked example of docs/approvals.md: three fenced blocks, by name. */
export function approvalBlocks(): { readonly [name: string]: string };
/** The page with the example's blocks put in place of those that it holds. */
export function withApproval(page: string): string;
