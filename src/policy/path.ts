/**
 * A POSIX path in its one form: `.` and `..` resolved, slashes that follow one another joined,
 * none at the end. `..` at the root stays at the root; before a relative path it is kept,
 * since nobody knows what it leaves. Returns undefined for what is no such path: an empty
 * text, NUL, or a backslash, which other systems read as a separator.
 */
export function normalizePath(text: string): string | undefined {
  if (text === "" || /[\0\\]/.test(text)) return undefined;
  const isAbsolute = text.startsWith("/");
  const parts: string[] = [];
  for (const part of text.split("/")) {
    if (part === "" || part === ".") continue;
    if (part !== "..") parts.push(part);
    else if (parts.length > 0 && parts.at(-1) !== "..") parts.pop();
    else if (!isAbsolute) parts.push("..");
  }
  const path = parts.join("/");
  return isAbsolute ? `/${path}` : path === "" ? "." : path;
}
