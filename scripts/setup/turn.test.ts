import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { inTurn } from "./turn.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), "kiln-turn-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A process that takes its turn, writes what it saw at its beginning and end, and ends. */
function another(name: string) {
  const module = path.join(import.meta.dirname, "turn.mjs");
  const script = `
    import { appendFileSync } from "node:fs";
    import { setTimeout } from "node:timers/promises";
    import { inTurn } from ${JSON.stringify(module)};
    await inTurn(async () => {
      appendFileSync(${JSON.stringify(path.join(folder, "log"))}, "${name} in\\n");
      await setTimeout(100);
      appendFileSync(${JSON.stringify(path.join(folder, "log"))}, "${name} out\\n");
    }, ${JSON.stringify(folder)});`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", script], { stdio: "ignore" });
  return new Promise<number | null>((resolve) => child.once("exit", resolve));
}

test("processes take turns", async () => {
  expect(await Promise.all(["a", "b", "c"].map(another))).toEqual([0, 0, 0]);
  const lines = readFileSync(path.join(folder, "log"), "utf8").trim().split("\n");
  expect(lines).toHaveLength(6);
  for (let index = 0; index < lines.length; index += 2) {
    expect(lines[index + 1]).toBe(lines[index]?.replace("in", "out"));
  }
});

test("a turn ends with its body, also when that fails", async () => {
  await expect(inTurn(() => Promise.reject(new Error("no")), folder)).rejects.toThrow("no");
  expect(existsSync(path.join(folder, "setup.lock"))).toBe(false);
  expect(await inTurn(async () => 7, folder)).toBe(7);
});

test("who died in its turn holds nobody up", async () => {
  const dead = spawn(process.execPath, ["-e", ""]);
  await new Promise((resolve) => dead.once("exit", resolve));
  writeFileSync(path.join(folder, "setup.lock"), String(dead.pid));
  expect(await inTurn(async () => 7, folder)).toBe(7);
});
