// What the set-up says to a person, in English or Korean, always on stderr: stdout belongs to the command's own output.

/** @typedef {{ en: string, ko: string }} Words */

/**
 * The language of a person's machine.
 * @param {NodeJS.ProcessEnv} env
 * @param {string} locale the system's own locale, for Windows and macOS, where no variable tells
 * @returns {"en" | "ko"}
 */
export function languageOf(env, locale) {
  const chosen = env.LC_ALL || env.LC_MESSAGES || env.LANG || locale;
  return chosen.toLowerCase().startsWith("ko") ? "ko" : "en";
}

/** @type {"en" | "ko"} */
let language = languageOf(process.env, Intl.DateTimeFormat().resolvedOptions().locale);

/** @param {"en" | "ko"} chosen */
export function speak(chosen) {
  language = chosen;
}

/** @param {Words} words */
export function inWords(words) {
  return words[language];
}

/** @param {Words} words */
export function say(words) {
  process.stderr.write(`${words[language]}\n`);
}

/** An expected failure of the set-up: a sentence for a person, never a stack trace. */
export class SetupFailure extends Error {
  /**
   * @param {Words} words
   * @param {{ exitCode?: number, cause?: unknown }} [options] exitCode: 1 failed (default), 2 wrong usage
   */
  constructor(words, options = {}) {
    super(words.en, { cause: options.cause });
    this.name = "SetupFailure";
    this.words = words;
    this.exitCode = options.exitCode ?? 1;
  }
}

/**
 * Runs a script's body; an expected failure ends it with its sentence, anything else is a bug and shows its stack.
 * @param {() => Promise<number>} body resolves to the exit code
 */
export async function main(body) {
  try {
    process.exitCode = await body();
  } catch (error) {
    if (!(error instanceof SetupFailure)) throw error;
    say(error.words);
    process.exitCode = error.exitCode;
  }
}
