import type { Job } from "../../src-preload/contract/jobs.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";

/** The language of the terminal: Korean where the locale is, else English. */
export function terminalLanguage(environment: NodeJS.ProcessEnv): keyof Localized {
  const locale = environment.LC_ALL ?? environment.LC_MESSAGES ?? environment.LANG ?? "";
  return locale.startsWith("ko") ? "ko" : "en";
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
    const text = `${job.title[this.#language]}: ${job.message[this.#language]}`;
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
