import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { z } from "zod";
import { root } from "../e2e/hosts.ts";
import { GENERATOR_VERSION, KINDS, SETS } from "./bestcut-plan.ts";

const line = z.object({
  key: z.string(),
  set: z.enum(SETS),
  seed: z.int(),
  index: z.int(),
  kind: z.enum(KINDS).nullable(),
  right: z.boolean().nullable(),
  baselineRight: z.boolean().nullable(),
  tooCloseToCall: z.boolean(),
  /** What Kiln compared the frames on. */
  comparedOn: z.string(),
  /** Whether that was a part of the picture with the subject in it; null where there is none of its own. */
  foundSubject: z.boolean().nullable(),
  /** Places of frames, from 0. */
  pick: z.int(),
  sharpest: z.int().nullable(),
  background: z.string(),
  subject: z.string().nullable(),
  cpuSeconds: z.number(),
});
export type StoredOutcome = z.infer<typeof line>;

/** Finished bursts, a line each: a run that was broken off goes on behind the last. */
export class Outcomes {
  readonly #path: string;
  readonly #known = new Map<string, StoredOutcome>();

  constructor(path: string) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    for (const text of readFileSync(path, "utf8").split("\n")) {
      const parsed = parse(text);
      if (parsed !== null) this.#known.set(parsed.key, parsed);
    }
  }

  get(key: string): StoredOutcome | undefined {
    return this.#known.get(key);
  }

  add(outcome: StoredOutcome): void {
    this.#known.set(outcome.key, outcome);
    appendFileSync(this.#path, `${JSON.stringify(outcome)}\n`);
  }
}

/** Null for the half line of a run that was killed. */
function parse(text: string): StoredOutcome | null {
  try {
    return line.parse(JSON.parse(text));
  } catch (error) {
    if (error instanceof SyntaxError || error instanceof z.ZodError) return null;
    throw error;
  }
}

const painting = [
  "src-main/sample",
  ...["plan", "blur", "layers", "leaves", "sprite", "portrait", "scenes", "shoot", "exif"].map(
    (name) => `tests/bench/bestcut-${name}.ts`,
  ),
];
const measuring = [
  "src-main/inference",
  "src-main/photos/best-cut",
  "src-main/photos/burst-queue.ts",
  "src-main/photos/faces",
  "src-main/photos/pixels",
  "src-main/photos/worker",
  "tests/bench/bestcut-pipeline.ts",
];

/** What paints and what measures, as they are now: whoever changes a measure gets new outcomes, not yesterday's. */
export function versions(): { readonly generator: string; readonly measures: string } {
  return { generator: `${GENERATOR_VERSION}-${digest(painting)}`, measures: digest(measuring) };
}

/** Of sources: files, and all that is in folders but tests. */
function digest(paths: readonly string[]): string {
  const hash = createHash("sha256");
  const sources = paths.flatMap((path) =>
    path.endsWith(".ts")
      ? [path]
      : readdirSync(join(root, path), { recursive: true, encoding: "utf8" })
          .filter((name) => /(?<!\.test|\.fixture)\.ts$/.test(name))
          .toSorted()
          .map((name) => join(path, name)),
  );
  for (const source of sources) hash.update(readFileSync(join(root, source)));
  return hash.digest("hex").slice(0, 12);
}
