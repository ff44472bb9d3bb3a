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
