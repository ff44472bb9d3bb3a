import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { modelIdSchema } from "../../../src-preload/contract/models.ts";
import { freshId } from "./brought-files.ts";
import { SourceFailure } from "./problems.ts";
import { tarFiles } from "./tarball.ts";

const seed = 20_261_121;
const folder = mkdtempSync(join(tmpdir(), "kiln-tar-"));
afterAll(() => rmSync(folder, { recursive: true }));

/** Files of every length around a block's, one with a name that no plain header holds. */
const files = new Map(
  [0, 1, 511, 512, 513, 1024, 10_000].map((length) => [
    length === 513 ? `${"n".repeat(200)}.bin` : `file-${length}`,
    Buffer.alloc(length, length % 251),
  ]),
);
for (const [name, content] of files) writeFileSync(join(folder, name), content);
const tars = ["pax", "gnu", "ustar"].map((format) =>
  execFileSync(
    "tar",
    [
      `--format=${format}`,
      "-c",
      "-C",
      folder,
      ...files.keys().filter((name) => format !== "ustar" || name.length < 100),
    ],
    { maxBuffer: 1 << 24 },
  ),
);

async function* inPieces(bytes: Uint8Array, lengths: readonly number[]) {
  for (let at = 0, nth = 0; at < bytes.length; nth += 1) {
    const length = lengths[nth % lengths.length] ?? 1;
    yield bytes.subarray(at, at + length);
    at += length;
  }
}

async function filesOf(chunks: AsyncIterable<Uint8Array>): Promise<Map<string, Buffer>> {
  const found = new Map<string, Buffer>();
  for await (const { name, content } of tarFiles(chunks)) {
    const parts: Uint8Array[] = [];
    for await (const part of content) parts.push(part);
    found.set(name, Buffer.concat(parts));
  }
  return found;
}

test("a tar is the same files, in whatever pieces it arrives", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...tars),
      fc.array(fc.integer({ min: 1, max: 3000 }), { minLength: 1, maxLength: 20 }),
      async (tar, lengths) => {
        const found = await filesOf(inPieces(tar, lengths));
        expect(found.size).toBeGreaterThanOrEqual(files.size - 1);
        for (const [name, content] of found)
          expect(content.equals(files.get(name) ?? content.subarray(1))).toBe(true);
      },
    ),
    { seed, numRuns: 60 },
  );
});

test("content that nobody reads is passed over", async () => {
  const names: string[] = [];
  for await (const { name } of tarFiles(inPieces(tars[0] ?? new Uint8Array(), [700])))
    names.push(name);
  expect(names).toEqual([...files.keys()]);
});

test("a damaged tar ends in files or in the source's failure, never otherwise", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom(...tars),
      fc.array(fc.tuple(fc.nat(25_000), fc.nat(255)), { minLength: 1, maxLength: 8 }),
      fc.option(fc.nat(25_000)),
      async (tar, changes, end) => {
        const damaged = Buffer.from(tar.subarray(0, end ?? tar.length));
        for (const [at, value] of changes) if (at < damaged.length) damaged[at] = value;
        await filesOf(inPieces(damaged, [4096])).catch((error: unknown) => {
          if (!(error instanceof SourceFailure)) throw error;
        });
      },
    ),
    { seed, numRuns: 400 },
  );
});

test("every file name gives an id that is valid and not taken", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 80 }), fc.nat(3), (name, times) => {
      const taken = new Set<string>();
      for (let n = 0; n <= times; n += 1) {
        const id = freshId(name, taken);
        expect(modelIdSchema.safeParse(id).success).toBe(true);
        expect(taken.has(id)).toBe(false);
        taken.add(id);
      }
    }),
    { seed, numRuns: 500 },
  );
});
