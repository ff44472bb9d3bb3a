import type { Localized } from "../src-preload/contract/problem.ts";

/**
 * An expected failure: something a person can understand and act on. Everything else that is thrown is a bug.
 *
 * `code` is stable (kebab-case) and is what code compares; `happened` and `todo` are what a person reads.
 */
export class KilnError extends Error {
  readonly code: string;
  readonly happened: Localized;
  readonly todo: Localized;

  constructor(code: string, happened: Localized, todo: Localized, options?: { cause?: unknown }) {
    super(`${code}: ${happened.en} ${todo.en}`, options);
    this.name = "KilnError";
    this.code = code;
    this.happened = happened;
    this.todo = todo;
  }
}
