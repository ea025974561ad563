const tenantForm = /^tenant:[^/]+(?:\/[^/]+)?$/;
const userForm = /^user:./s;
const noteName = /^[^\p{White_Space}\p{Cs}\u0000-\u001f\ufeff+]+$/u;

/**
 * Whether a text can name a ledger or a witness: not empty, no white space of any script, no
 * control character, no lone surrogate, no plus sign. What the C2SP signed note asks of names.
 */
export function isNoteName(text: string): boolean {
  return noteName.test(text);
}

/** Whether a text is `tenant:<name>` or `tenant:<name>/<environment>` (section 3). */
export function isTenant(text: string): boolean {
  return tenantForm.test(text);
}

/** Whether a text names a person: `user:` and something after it. */
export function isUser(text: string): boolean {
  return userForm.test(text);
}
