import { createHash } from "node:crypto";
import { appendFileSync, existsSync, mkdirSync, readdirSync, readFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";
import { z } from "zod";
import { boxSchema, measuresSchema } from "../../src-preload/contract/photos.ts";
import { root } from "../e2e/hosts.ts";
import { GENERATOR_VERSION, SETS } from "./bestcut-plan.ts";

const bytesSchema = z.codec(z.base64(), z.custom<Uint8Array>(), {
  decode: (text) => new Uint8Array(Buffer.from(text, "base64")),
  encode: (bytes) => Buffer.from(bytes).toString("base64"),
});

const line = z.object({
  key: z.string(),
  set: z.enum(SETS),
  index: z.int(),
  /** What ranking is given of each frame. */
  frames: z.array(
    z.object({
      id: z.int(),
      place: z.int(),
      measures: measuresSchema,
      detail: bytesSchema,
      faces: z.array(boxSchema).readonly(),
      focus: boxSchema.nullable(),
    }),
  ),
  /** Variance of the Laplacian of each at full size. */
  laplacian: z.array(z.number()),
  /** The middle of what one would focus on, as fractions of the frame; null where there is none of its own. */
  heart: z.tuple([z.number(), z.number()]).nullable(),
  /** What the burst is of. */
  background: z.string(),
  subject: z.string().nullable(),
  cpuSeconds: z.number(),
});
export type MeasuredBurst = z.infer<typeof line>;

/** Bursts that were measured, a line each: a run that was broken off goes on behind the last. */
export class MeasuredBursts {
  readonly #path: string;
  readonly #known = new Map<string, MeasuredBurst>();

  /** @param wanted keys of the bursts that will be asked for: others' bytes would only weigh on what is timed */
  constructor(path: string, wanted: ReadonlySet<string>) {
    this.#path = path;
    mkdirSync(dirname(path), { recursive: true });
    if (!existsSync(path)) return;
    for (const text of readFileSync(path, "utf8").split("\n")) {
      const [, key = ""] = /^{"key":"([^"]*)"/.exec(text) ?? [];
      const parsed = wanted.has(key) ? parse(text) : null;
      if (parsed !== null) this.#known.set(parsed.key, parsed);
    }
  }

  get(key: string): MeasuredBurst | undefined {
    return this.#known.get(key);
  }

  add(burst: MeasuredBurst): void {
    this.#known.set(burst.key, burst);
    appendFileSync(this.#path, `${JSON.stringify(line.encode(burst))}\n`);
  }
}

/** Null for the half line of a run that was killed. */
function parse(text: string): MeasuredBurst | null {
  try {
    return line.decode(JSON.parse(text));
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
  ...importsOf(join(root, "src-main", "photos", "best-cut", "analyse.ts")),
  "src-main/photos/burst-queue.ts",
  "src-main/photos/faces",
  "src-main/photos/pixels",
  "src-main/photos/worker",
  "tests/bench/bestcut-pipeline.ts",
];

const ranking = ["src-main/photos/best-cut"];

/**
 * What paints, what measures and what ranks, as they are now. Whoever changes a measure measures anew; a change of
 * ranking alone is judged by what was measured.
 */
export function versions(): {
  readonly generator: string;
  readonly measures: string;
  readonly ranking: string;
} {
  return {
    generator: `${GENERATOR_VERSION}-${digest(painting)}`,
    measures: digest(measuring),
    ranking: digest(ranking),
  };
}

/** A module and all of its folder that it needs. */
function importsOf(path: string, seen = new Set<string>()): string[] {
  if (seen.has(path)) return [];
  seen.add(path);
  const imports = readFileSync(path, "utf8").matchAll(/from "\.\/([^"]+)"/g);
  return [
    relative(root, path),
    ...[...imports].flatMap(([, name = ""]) => importsOf(join(dirname(path), name), seen)),
  ];
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
