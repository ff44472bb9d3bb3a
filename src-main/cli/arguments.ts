import { type ParseArgsConfig, parseArgs } from "node:util";

/** The person typed something that no command understands: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
}

type OptionsConfig = NonNullable<ParseArgsConfig["options"]>;

/** Options that every command takes. */
export const commonOptions = {
  library: { type: "string" },
  json: { type: "boolean", default: false },
  help: { type: "boolean", short: "h", default: false },
} as const satisfies OptionsConfig;

/**
 * Parses what follows the command's name.
 * @throws UsageError for an unknown option or a missing value
 */
export function parseCommand<Options extends OptionsConfig>(args: string[], options: Options) {
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    if (error instanceof TypeError) throw new UsageError(error.message);
    throw error;
  }
}

/** A number of seconds between 0 and 600, as milliseconds. */
export function parseSeconds(text: string, option: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds >= 0 && seconds <= 600)) {
    throw new UsageError(`--${option} takes seconds from 0 to 600, not “${text}”.`);
  }
  return Math.round(seconds * 1000);
}
