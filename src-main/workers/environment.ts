/** What programs need to find their own libraries, folder for temporary files and language. */
const passedOn = [
  "PATH",
  "HOME",
  "TMPDIR",
  "TMP",
  "TEMP",
  "LANG",
  "LC_ALL",
  "SystemRoot",
  "windir",
  "USERPROFILE",
  "LOCALAPPDATA",
];

/** The whole environment of a child. Ours is not passed on: it may hold keys and tokens. */
export function workerEnvironment(
  added: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const environment: Record<string, string> = {};
  for (const name of passedOn) {
    const value = process.env[name];
    if (value !== undefined) environment[name] = value;
  }
  return { ...environment, ...added };
}

/**
 * Flags of every child's Node. A child's heap is small and its pixels are not: V8 counts them with the heap and would
 * collect it with every photo, for a fifth of the time that a photo takes.
 */
export const workerFlags: readonly string[] = ["--initial-old-space-size=512"];
