/** A real child for the pool's tests. */
import { once } from "node:events";
import { KilnError } from "../errors.ts";
import { serveWorker } from "./serve.ts";

export type FixtureMethods = {
  echo: { input: { file: string; value: unknown }; output: unknown; progress: never };
  /** The calls of this child so far, in the order in which they ran. */
  note: { input: { file: string }; output: string[]; progress: never };
  /** Gives up when cancelled, and only then. */
  wait: { input: { file: string }; output: never; progress: { pid: number } };
  /** Never hears of a cancel. */
  spin: { input: { file: string }; output: never; progress: { pid: number } };
  count: { input: { file: string; to: number }; output: number; progress: number };
  fail: { input: { file: string; how: "kiln" | "plain" | "exit" }; output: never; progress: never };
  say: { input: { file: string; line: string }; output: null; progress: never };
  environment: { input: { file: string }; output: Record<string, string>; progress: never };
};

const noted: string[] = [];

serveWorker<FixtureMethods>({
  echo: async ({ value }) => value,
  note: async ({ file }) => {
    noted.push(file);
    return noted;
  },
  wait: async (_, { signal, progress }) => {
    progress({ pid: process.pid });
    // As open files and threads do, it keeps the process from ending of itself.
    const handle = setInterval(() => {}, 1_000_000);
    await once(signal, "abort");
    clearInterval(handle);
    throw signal.reason;
  },
  spin: async (_, { progress }) => {
    progress({ pid: process.pid });
    // Let the message leave before the loop stops everything.
    await new Promise((resolve) => setImmediate(resolve));
    for (;;);
  },
  count: async ({ to }, { progress }) => {
    for (let i = 1; i <= to; i += 1) {
      progress(i);
      if (i % 100 === 0) await new Promise((resolve) => setImmediate(resolve));
    }
    return to;
  },
  fail: async ({ how }) => {
    if (how === "exit") process.exit(3);
    if (how === "plain") throw new RangeError("out of range", { cause: new Error("deep down") });
    throw new KilnError(
      "fixture-failed",
      { en: "It failed.", ko: "실패했습니다." },
      { en: "Try again.", ko: "다시 시도하세요." },
    );
  },
  say: async ({ line }) => {
    process.stderr.write(`${line}\n`);
    return null;
  },
  environment: async () =>
    Object.fromEntries(
      Object.entries(process.env).flatMap(([key, value]) => (value ? [[key, value]] : [])),
    ),
});
