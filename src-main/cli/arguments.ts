import { type ParseArgsConfig, parseArgs } from "node:util";
import type { Localized } from "../../src-preload/contract/problem.ts";

/** The person typed something that no command understands: exit code 2. */
export class UsageError extends Error {
  override name = "UsageError";
  readonly happened: Localized;

  constructor(happened: Localized) {
    super(happened.en);
    this.happened = happened;
  }
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
 * @throws UsageError for an unknown option, a missing value and an empty one
 */
export function parseCommand<Options extends OptionsConfig>(args: string[], options: Options) {
  if (args.includes("")) {
    throw new UsageError({ en: "An argument is empty.", ko: "빈 인수가 있습니다." });
  }
  try {
    return parseArgs({ args, options, allowPositionals: true, strict: true });
  } catch (error) {
    throw error instanceof TypeError ? asUsageError(error) : error;
  }
}

/** What Node says of arguments, in a sentence of ours: it knows two faults, and says a third where a value begins with a dash. */
function asUsageError(error: TypeError): UsageError {
  const option = /'(.+?)'/.exec(error.message)?.[1] ?? "";
  if ("code" in error && error.code === "ERR_PARSE_ARGS_UNKNOWN_OPTION") {
    return new UsageError({
      en: `There is no option ${option}.`,
      ko: `${option}은(는) 없는 옵션입니다.`,
    });
  }
  return new UsageError({
    en: `${option} has no value, or one that it doesn't take.`,
    ko: `${option} 옵션의 값이 없거나 잘못되었습니다.`,
  });
}

/** A number of seconds between 0 and 600, as milliseconds. */
export function parseSeconds(text: string, option: string): number {
  const seconds = Number(text);
  if (text.trim() === "" || !(seconds >= 0 && seconds <= 600)) {
    throw new UsageError({
      en: `--${option} takes seconds from 0 to 600, not “${text}”.`,
      ko: `--${option}에는 0부터 600까지의 초를 적으세요. “${text}”은(는) 쓸 수 없습니다.`,
    });
  }
  return Math.round(seconds * 1000);
}
