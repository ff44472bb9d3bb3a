import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";

const repository = join(import.meta.dirname, "..", "..");
const weights = join(repository, "weights");

const manifestSchema = z.array(
  z.strictObject({
    file: z.string(),
    name: z.string(),
    role: z.string(),
    licence: z.enum(["Apache-2.0", "MIT", "BSD-3-Clause"]),
    licenceFile: z.string(),
    bytes: z.int(),
    sha256: z.string(),
    sources: z.array(z.string()).min(1),
  }),
);

test("every file of weights/ is what its manifest says, and credited", () => {
  const manifest = manifestSchema.parse(
    JSON.parse(readFileSync(join(weights, "manifest.json"), "utf8")),
  );
  const named = manifest.flatMap(({ file, licenceFile }) => [file, licenceFile]);
  expect(new Set(readdirSync(weights))).toEqual(new Set(["manifest.json", ...named]));
  const notice = readFileSync(join(repository, "NOTICE"), "utf8");
  for (const { file, bytes, sha256 } of manifest) {
    const content = readFileSync(join(weights, file));
    expect(content.length, file).toBe(bytes);
    expect(createHash("sha256").update(content).digest("hex"), file).toBe(sha256);
    expect(notice).toContain(file);
  }
});
