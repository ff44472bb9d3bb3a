import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { manifestSchema } from "../upscale/catalogue/manifest.ts";

const repository = join(import.meta.dirname, "..", "..");
const weights = join(repository, "weights");

test("every file of weights/ is what its manifest says, and credited", () => {
  const manifest = manifestSchema.parse(
    JSON.parse(readFileSync(join(weights, "manifest.json"), "utf8")),
  );
  const shipped = manifest.flatMap(
    (entry) => (entry.kind === "faces" ? entry : entry.shipped) ?? [],
  );
  const named = [...shipped.map(({ file }) => file), ...manifest.map((entry) => entry.licenceFile)];
  expect(new Set(readdirSync(weights))).toEqual(new Set(["manifest.json", ...named]));
  const notice = readFileSync(join(repository, "NOTICE"), "utf8");
  for (const { file, bytes, sha256 } of shipped) {
    const content = readFileSync(join(weights, file));
    expect(content.length, file).toBe(bytes);
    expect(createHash("sha256").update(content).digest("hex"), file).toBe(sha256);
    expect(notice).toContain(file);
  }
});
