import { expect, test } from "vitest";
import { PIXEL_LOOPS } from "../src-main/photos/pixels/compiled.ts";
import { compileLoops } from "./compile-wasm.ts";

test("what is committed is what src-wasm/ makes", async () => {
  const made = Buffer.from(await compileLoops()).toString("base64");
  expect(made === PIXEL_LOOPS, "run: node scripts/compile-wasm.ts").toBe(true);
});
