import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { createLog } from "./log.ts";

let directory: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "kiln-log-"));
});

afterEach(() => rmSync(directory, { recursive: true, force: true }));

const line = z.looseObject({ time: z.iso.datetime(), level: z.string(), message: z.string() });

function lines(text: string) {
  return text
    .split("\n")
    .filter((each) => each !== "")
    .map((each) => line.parse(JSON.parse(each)));
}

function written(name = "kiln.log") {
  return lines(readFileSync(join(directory, name), "utf8"));
}

describe("the log", () => {
  it("is one line of JSON for each message, in order, with what its children are about", async () => {
    const log = createLog({ directory: join(directory, "made/by/it") });
    log.info("Started", { version: "1.0" });
    const job = log.child({ jobId: 7 });
    job.warn("slow\nlines", { ms: 12.5, at: new Date(0), note: undefined });
    job
      .child({ stage: "read" })
      .error("Failed", { level: "none", error: new Error("no", { cause: "disk" }) });
    await log.flush();
    directory = join(directory, "made/by/it");
    const [started, slow, failed, ...others] = written();
    expect(others).toEqual([]);
    expect(started).toMatchObject({ level: "info", message: "Started", version: "1.0" });
    expect(Object.keys(slow ?? {})).toEqual(["time", "level", "message", "jobId", "ms", "at"]);
    expect(slow).toMatchObject({
      level: "warn",
      message: "slow\nlines",
      at: "1970-01-01T00:00:00.000Z",
    });
    expect(failed).toMatchObject({
      level: "error",
      jobId: 7,
      stage: "read",
      error: { name: "Error", message: "no", cause: "disk" },
    });
    expect(JSON.stringify(failed)).toContain("log.test.ts");
  });

  it("is continued by the next process", async () => {
    for (const message of ["first", "second"]) {
      const log = createLog({ directory });
      log.info(message);
      await log.flush();
    }
    expect(written().map(({ message }) => message)).toEqual(["first", "second"]);
  });

  it("begins a new file when one is full, and keeps so many", async () => {
    const log = createLog({ directory, maxBytes: 1_000, maxFiles: 3 });
    for (let index = 0; index < 60; index += 1) {
      log.info(`줄 ${index}`);
      await log.flush();
    }
    expect(readdirSync(directory).sort()).toEqual(["kiln.1.log", "kiln.2.log", "kiln.log"]);
    const kept = ["kiln.2.log", "kiln.1.log", "kiln.log"].flatMap((name) => written(name));
    const first = 60 - kept.length;
    expect(first).toBeGreaterThan(0);
    expect(kept.map(({ message }) => message)).toEqual(
      kept.map((_, index) => `줄 ${first + index}`),
    );
    for (const name of readdirSync(directory)) {
      expect(readFileSync(join(directory, name)).length).toBeLessThanOrEqual(1_000);
    }
  });

  it("shows its end in whole lines, across files", async () => {
    const log = createLog({ directory, maxBytes: 1_000, maxFiles: 3 });
    expect(await log.tail(1_000)).toBe("");
    for (let index = 0; index < 30; index += 1) {
      log.info(`줄 ${index} 📷`);
      await log.flush();
    }
    const tail = await log.tail(1_500);
    expect(Buffer.byteLength(tail)).toBeLessThanOrEqual(1_500);
    const shown = lines(tail).map(({ message }) => message);
    expect(shown.length).toBeGreaterThan(written().length);
    expect(shown).toEqual(shown.map((_, index) => `줄 ${30 - shown.length + index} 📷`));
    const whole = Buffer.byteLength(`${tail.split("\n").at(-2)}\n`);
    expect(lines(await log.tail(whole)).map(({ message }) => message)).toEqual(["줄 29 📷"]);
    expect(await log.tail(whole - 1)).toBe("");
  });

  it("outlives a disk that refuses it, and then says how many lines are missing", async () => {
    const place = join(directory, "log");
    writeFileSync(place, "a file where the folder should be");
    const log = createLog({ directory: place });
    log.info("lost");
    log.info("lost, too");
    await log.flush();
    expect(await log.tail(1_000)).toBe("");
    rmSync(place);
    log.info("back");
    await log.flush();
    directory = place;
    expect(written()).toMatchObject([
      { level: "warn", message: "Log lines were lost.", count: 2 },
      { message: "back" },
    ]);
  });

  it("does not grow without bounds while the disk is slow", async () => {
    const log = createLog({ directory });
    for (let index = 0; index < 10_000; index += 1) log.info("x".repeat(1_000));
    await log.flush();
    log.info("after");
    await log.flush();
    const size = readdirSync(directory).reduce(
      (sum, name) => sum + readFileSync(join(directory, name)).length,
      0,
    );
    expect(size).toBeLessThan(5 * 1024 * 1024);
    expect(written().find(({ message }) => message === "Log lines were lost.")).toBeDefined();
    expect(written().at(-1)?.message).toBe("after");
  });
});
