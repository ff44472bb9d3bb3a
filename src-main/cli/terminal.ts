import type { Job } from "../../src-preload/contract/jobs.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";

/** The language of the terminal: Korean where the locale is, else English. */
export function terminalLanguage(environment: NodeJS.ProcessEnv): keyof Localized {
  const locale = environment.LC_ALL ?? environment.LC_MESSAGES ?? environment.LANG ?? "";
  return locale.startsWith("ko") ? "ko" : "en";
}

/**
 * A name as one line of a terminal: what would move the cursor, clear the screen or turn writing about is written out.
 * "a\u001b[2J.pth" → "a\\x1b[2J.pth"
 */
export function printableLine(text: string): string {
  return text.replace(
    // Bidirectional controls are no control characters to Unicode, and let a name lie about its ending.
    /[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (character) => {
      const code = character.charCodeAt(0);
      return code < 256 ? `\\x${code.toString(16).padStart(2, "0")}` : `\\u${code.toString(16)}`;
    },
  );
}

/** The same for text of several lines. */
export function printable(text: string): string {
  return text.split("\n").map(printableLine).join("\n");
}

/** What is said of a file, in one line: behind its name where the sentence doesn't give it itself. */
export function aboutFile(name: string, sentence: string): string {
  // Sentences about models show what can't be shown like this.
  const shown = name.replace(/[^\p{L}\p{N}\p{P}\p{S} ]/gu, "·");
  const isNamed = sentence.includes(name) || sentence.includes(shown);
  return printableLine(isNamed ? sentence : `${name}  ${sentence}`);
}

const barWidth = 24;
const lineEveryMs = 2000;

/** Shows a job's progress on stderr: a bar that rewrites itself on a terminal, a line now and then elsewhere. */
export class ProgressDisplay {
  readonly #stream: NodeJS.WriteStream;
  readonly #language: keyof Localized;
  #lastLineAt = Number.NEGATIVE_INFINITY;
  #lastText = "";

  constructor(stream: NodeJS.WriteStream, language: keyof Localized) {
    this.#stream = stream;
    this.#language = language;
  }

  show(job: Job): void {
    const text = printableLine(`${job.title[this.#language]}: ${job.message[this.#language]}`);
    if (this.#stream.isTTY) {
      const filled = Math.round(job.fraction * barWidth);
      const bar = "█".repeat(filled) + "░".repeat(barWidth - filled);
      this.#stream.write(`\r\u001b[2K${bar} ${text}`.slice(0, this.#stream.columns + 5));
      return;
    }
    const now = performance.now();
    if (text === this.#lastText || now - this.#lastLineAt < lineEveryMs) return;
    this.#lastLineAt = now;
    this.#lastText = text;
    this.#stream.write(`${text}\n`);
  }

  end(): void {
    if (this.#stream.isTTY) this.#stream.write("\r\u001b[2K");
  }
}
