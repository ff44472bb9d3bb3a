import { mkdir, readdir, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import { temporaryFolder } from "./fixture.ts";
import { limitBytes } from "./upload-limit.ts";
import { createUploads } from "./uploads.ts";

const never = new AbortController().signal;

function stream(...chunks: string[]): ReadableStream<Uint8Array> {
  return ReadableStream.from(chunks.map((chunk) => Buffer.from(chunk)));
}

/** A library with a receiving folder (`in`), a folder of the person's (`out`), and tokens for both. */
async function library(platform: NodeJS.Platform = "linux") {
  const directory = await temporaryFolder();
  const within = join(directory, "originals");
  const receiving = join(within, "2026-11-21");
  const elsewhere = join(directory, "elsewhere");
  await mkdir(receiving, { recursive: true });
  await mkdir(elsewhere);
  const folders = new Map([
    ["in", receiving],
    ["out", elsewhere],
    ["all", within],
    ["sibling", join(directory, "originals-2")],
  ]);
  const uploads = createUploads({
    folder(token) {
      const folder = folders.get(token);
      if (folder === undefined) throw new KilnError("source-unknown", words, words);
      return folder;
    },
    within,
    platform,
  });
  return { uploads, receiving, elsewhere };
}

const words = { en: "", ko: "" };

describe("createUploads", () => {
  test("puts bytes where they belong, folders included", async () => {
    const { uploads, receiving } = await library();
    await uploads.write("in", ["여름 휴가", "a:b.jpg"], stream("one ", "two"), never);
    await uploads.write("in", ["empty.jpg"], stream(), never);
    expect(await readFile(join(receiving, "여름 휴가", "a:b.jpg"), "utf8")).toBe("one two");
    expect(await readFile(join(receiving, "empty.jpg"), "utf8")).toBe("");
  });

  test("overwrites nothing, not even through a link", async () => {
    const { uploads, receiving, elsewhere } = await library();
    await writeFile(join(elsewhere, "original.jpg"), "original");
    await symlink(join(elsewhere, "original.jpg"), join(receiving, "link.jpg"));
    await uploads.write("in", ["a.jpg"], stream("first"), never);
    for (const name of [["a.jpg"], ["link.jpg"], ["a.jpg", "b.jpg"]]) {
      await expect(uploads.write("in", name, stream("second"), never)).rejects.toMatchObject({
        code: "upload-exists",
      });
    }
    expect(await readFile(join(receiving, "a.jpg"), "utf8")).toBe("first");
    expect(await readFile(join(elsewhere, "original.jpg"), "utf8")).toBe("original");
  });

  test("takes files for receiving folders only", async () => {
    const { uploads, elsewhere } = await library();
    for (const token of ["out", "all", "sibling"]) {
      await expect(uploads.write(token, ["a.jpg"], stream("x"), never)).rejects.toMatchObject({
        code: "upload-refused",
      });
    }
    await expect(uploads.write("none", ["a.jpg"], stream("x"), never)).rejects.toMatchObject({
      code: "source-unknown",
    });
    expect(await readdir(elsewhere)).toEqual([]);
  });

  test("leaves nothing behind when the bytes end early", async () => {
    const { uploads, receiving } = await library();
    const broken = new ReadableStream<Uint8Array>({
      pull(controller) {
        controller.enqueue(Buffer.from("some"));
        controller.error(new Error("connection lost"));
      },
    });
    await expect(uploads.write("in", ["a.jpg"], broken, never)).rejects.toThrow("connection lost");
    const left = AbortSignal.abort(new Error("left"));
    await expect(uploads.write("in", ["b.jpg"], stream("x"), left)).rejects.toThrow("left");
    const long = limitBytes(stream("12345", "67890"), null, 9);
    await expect(uploads.write("in", ["c.jpg"], long, never)).rejects.toMatchObject({
      code: "upload-too-large",
    });
    expect(await readdir(receiving)).toEqual([]);
    await uploads.write("in", ["c.jpg"], limitBytes(stream("123456789"), null, 9), never);
    expect(await readdir(receiving)).toEqual(["c.jpg"]);
  });

  test("refuses names that the disk or Windows reads otherwise", async () => {
    const { uploads } = await library();
    for (const segments of [["x".repeat(256)], ["가".repeat(86)], Array(40).fill("deep")]) {
      await expect(uploads.write("in", segments, stream("x"), never)).rejects.toMatchObject({
        code: "upload-name",
      });
    }
    const windows = await library("win32");
    for (const name of ["a:stream", "C:", "nul", "COM1.jpg", "a.", "a ", "a?.jpg", "LPT9"]) {
      await expect(windows.uploads.write("in", [name], stream("x"), never)).rejects.toMatchObject({
        code: "upload-name",
      });
    }
    await windows.uploads.write("in", ["console.jpg"], stream("x"), never);
  });
});
