/**
 * We could not do what was asked: bad usage, a file that cannot be read, a disk that is
 * full. Ends with exit code 2, a message and a hint, and never with a stack trace.
 */
export class CannotDo extends Error {
  /** What the person can do about it. */
  readonly hint: string | undefined;

  /** `message` says what was expected, what was found and where. */
  constructor(message: string, hint?: string) {
    super(message);
    this.hint = hint;
  }
}

/** What the operating system said, in words. */
const systemErrors: { readonly [code: string]: string } = {
  ENOENT: "no such file",
  EACCES: "no permission",
  EPERM: "not permitted",
  EISDIR: "a folder, not a file",
  ENOTDIR: "a file where a folder was expected",
  ENOSPC: "the disk is full",
  EDQUOT: "the disk quota is used up",
  EFBIG: "the file got too large",
  EIO: "the disk reported an error",
  EMFILE: "too many open files",
  EROFS: "the disk is read-only",
  EEXIST: "a file of that name exists",
  ENAMETOOLONG: "the name is too long",
  ELOOP: "too many symbolic links",
};

/** Turns an operating system's error into a refusal that names the file; anything else is a bug and passed on. */
export function refusalOf(error: unknown, doing: string): unknown {
  const code = (error as NodeJS.ErrnoException | undefined)?.code;
  if (error instanceof CannotDo || typeof code !== "string") return error;
  if (systemErrors[code] === undefined && !/^E[A-Z0-9]+$/.test(code)) return error;
  return new CannotDo(`${doing}: ${systemErrors[code] ?? code}`);
}
