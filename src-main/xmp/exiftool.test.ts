/** Whether another program reads what Kiln wrote: exiftool, on its own. */
import { execFile } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { exiftoolPath } from "exiftool-vendored";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { readSidecar, updateSidecar } from "./index.ts";

const run = promisify(execFile);
const exiftool = await exiftoolPath();

function place(): string {
  const path = mkdtempSync(join(tmpdir(), "kiln-exiftool-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

async function tags(path: string): Promise<Record<string, unknown>> {
  const { stdout } = await run(exiftool, [
    "-json",
    "-G1",
    "-struct",
    "-validate",
    "-XMP:all",
    path,
  ]);
  return z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(stdout))[0] ?? {};
}

const values = { rating: -1, label: "Purple" };

test("exiftool reads a fresh sidecar as Kiln does, and finds nothing wrong with it", async () => {
  const path = join(place(), "IMG_1.xmp");
  const now = new Date("2026-11-21T12:00:00Z");
  writeFileSync(path, updateSidecar(null, values, "IMG_1.xmp", now));
  const { SourceFile, ...read } = await tags(path);
  expect(SourceFile).toBe(path);
  expect(read).toEqual({
    "ExifTool:Validate": "OK",
    "XMP-x:XMPToolkit": "Kiln",
    "XMP-xmp:Rating": -1,
    "XMP-xmp:Label": "Purple",
    "XMP-xmp:MetadataDate": "2026:11:21 12:00:00.000Z",
  });
});

test.each(["darktable.ARW.xmp", "lightroom.xmp"])(
  "exiftool sees three fields of %s changed",
  async (name) => {
    const path = join(place(), name);
    const before = readFileSync(join(import.meta.dirname, "fixtures", name));
    writeFileSync(path, before);
    const old = await tags(path);
    writeFileSync(path, updateSidecar(before, values, name));
    const fresh = await tags(path);
    expect(fresh).toMatchObject({ "XMP-xmp:Rating": -1, "XMP-xmp:Label": "Purple" });
    for (const field of ["Rating", "Label", "MetadataDate"]) {
      delete old[`XMP-xmp:${field}`];
      delete fresh[`XMP-xmp:${field}`];
    }
    expect(fresh).toEqual(old);
    expect(Object.keys(fresh).length).toBeGreaterThan(10);
  },
);

test("Kiln reads what exiftool made of Kiln's sidecar, and of one without any", async () => {
  const path = join(place(), "a.xmp");
  writeFileSync(path, updateSidecar(null, { rating: 2, label: "Red" }, "a.xmp"));
  await run(exiftool, ["-overwrite_original", "-XMP-xmp:Rating=5", "-XMP-dc:Subject=sea", path]);
  const bytes = readFileSync(path);
  expect(readSidecar(bytes, "a.xmp")).toMatchObject({ rating: 5, label: "Red", foreign: true });
  const other = join(place(), "b.xmp");
  await run(exiftool, ["-XMP-xmp:Rating=-1", "-XMP-xmp:Label=Green", "-XMP-xmpDM:Pick=-1", other]);
  expect(readSidecar(readFileSync(other), "b.xmp")).toMatchObject({
    rating: -1,
    label: "Green",
    pick: "reject",
  });
});
