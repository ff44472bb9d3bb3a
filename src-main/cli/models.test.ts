import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { z } from "zod";
import { modelSchema, modelsAddedSchema } from "../../src-preload/contract/models.ts";
import { problemSchema } from "../../src-preload/contract/problem.ts";
import { temporaryFolder } from "../photos/takes.fixture.ts";
import { compactModel } from "../upscale/catalogue/tiny-models.fixture.ts";

const nobodyThere =
  "https://github.com=http://127.0.0.1:1 https://registry.npmjs.org=http://127.0.0.1:1";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types `kiln models …` on a machine without a network. */
function models(library: string, ...args: string[]): Promise<Ended> {
  const command = [join(import.meta.dirname, "cli.fixture.ts"), "models", ...args];
  return new Promise((ended) => {
    execFile(
      process.execPath,
      [...command, "--library", library],
      { env: { PATH: process.env.PATH, LANG: "C.UTF-8", KILN_MODEL_MIRRORS: nobodyThere } },
      (error, stdout, stderr) =>
        ended({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}

test("list names every model, and says which are at hand", async () => {
  const library = await temporaryFolder();
  const { code, stdout } = await models(library, "list", "--json");
  expect(code).toBe(0);
  const list = z.strictObject({ models: z.array(modelSchema) }).parse(JSON.parse(stdout));
  expect(list.models.map(({ id, isAtHand }) => [id, isAtHand])).toEqual([
    ["general-x4v3", true],
    ["general-wdn-x4v3", false],
    ["x4plus", false],
    ["x4plus-anime", false],
    ["animevideov3", false],
  ]);
  const { stdout: said } = await models(library, "list");
  expect(said).toContain("x4plus  Real-ESRGAN x4plus  (×4, BSD-3-Clause, to be fetched)\n");
  // Before it begins it is known what is downloaded.
  expect(said).toContain(
    "from 127.0.0.1:1 (18 MB), else 127.0.0.1:1 (196 MB, brings animevideov3 along)\n",
  );
}, 60_000);

test("add converts and tries a model; what is refused fails with its reason", async () => {
  const library = await temporaryFolder();
  const files = await temporaryFolder();
  const mine = join(files, "Mine.safetensors");
  const broken = join(files, "broken.pth");
  await writeFile(mine, compactModel({ seed: 7 }));
  await writeFile(broken, randomBytes(1000));
  const { code, stdout, stderr } = await models(library, "add", mine, broken, "--json");
  expect(stderr).toBe("");
  expect(code).toBe(0);
  expect(modelsAddedSchema.parse(JSON.parse(stdout))).toMatchObject({
    added: [{ id: "mine", name: "Mine", scale: 2, architecture: "compact" }],
    known: [],
    refused: [{ file: "broken.pth", problem: { code: "weights-unknown-format" } }],
  });
  const refused = await models(library, "add", broken, "--json");
  expect(refused.code).toBe(1);
  expect(modelsAddedSchema.parse(JSON.parse(refused.stdout))).toMatchObject({
    added: [],
    refused: [{ file: "broken.pth", problem: { code: "weights-unknown-format" } }],
  });
  // A sentence that names the file is enough.
  const said = await models(library, "add", broken, mine);
  expect(said.stdout.match(/broken\.pth/g)).toHaveLength(1);
  expect(said.stdout).toContain("Mine.safetensors  is mine (Mine), which is there already.");
  const empty = await models(library, "add", await temporaryFolder(), "--json");
  expect(empty.code).toBe(1);
  const { problem } = z.strictObject({ problem: problemSchema }).parse(JSON.parse(empty.stdout));
  expect(problem.code).toBe("model-format");
}, 60_000);

test("remove takes what was added or fetched, and nothing else", async () => {
  const library = await temporaryFolder();
  const files = await temporaryFolder();
  const mine = join(files, "Mine.safetensors");
  await writeFile(mine, compactModel({ seed: 7 }));
  await models(library, "add", mine);
  const gone = await models(library, "remove", "mine", "--json");
  expect(gone.code).toBe(0);
  expect(
    z.strictObject({ removed: modelSchema }).parse(JSON.parse(gone.stdout)).removed,
  ).toMatchObject({ id: "mine", origin: "added" });
  expect(await readdir(join(library, "models"))).toEqual([]);
  // What it was made of stays where it lay.
  expect(await readdir(files)).toEqual(["Mine.safetensors"]);
  for (const [id, code, sentence] of [
    ["mine", "model-unknown", "There is no model “mine”."],
    ["general-x4v3", "model-shipped", "belongs to Kiln"],
    ["x4plus", "model-not-at-hand", "is not on this computer."],
  ] as const) {
    const { code: exit, stdout, stderr } = await models(library, "remove", id, "--json");
    expect(exit).toBe(1);
    expect(problemSchema.parse(JSON.parse(stdout).problem).code).toBe(code);
    expect(stderr).toContain(sentence);
  }
}, 60_000);

test.skipIf(process.platform === "win32")(
  "a file's name can't write on the terminal",
  async () => {
    const library = await temporaryFolder();
    const files = await temporaryFolder();
    const names = ["\u001b[2J\u001b]0;owned\u0007a.safetensors", "b\nc\u009b31m.pth"];
    await writeFile(join(files, names[0] ?? ""), compactModel({ seed: 8 }));
    await writeFile(join(files, names[1] ?? ""), randomBytes(1000));
    const added = await models(library, "add", files);
    const again = await models(library, "add", files);
    const missing = await models(library, "add", join(files, "\u001b[31m.txt"));
    for (const { stdout, stderr } of [added, again, missing]) {
      expect(stdout + stderr).not.toMatch(/[^\P{Cc}\n]/u);
    }
    expect(again.stdout).toContain("\\x1b[2J\\x1b]0;owned\\x07a.safetensors  is ");
    expect(missing.stdout).toContain("\\x1b[31m.txt");
  },
  60_000,
);

test("fetch: what is at hand is said at once; offline it says what was tried", async () => {
  const library = await temporaryFolder();
  const there = await models(library, "fetch", "general-x4v3", "--json");
  expect(z.strictObject({ model: modelSchema }).parse(JSON.parse(there.stdout)).model.id).toBe(
    "general-x4v3",
  );
  const offline = await models(library, "fetch", "x4plus");
  expect(offline.code).toBe(1);
  expect(offline.stderr).toContain(
    "“Real-ESRGAN x4plus” could not be fetched. Tried: 127.0.0.1:1 (can't be reached), 127.0.0.1:1 (can't be reached).",
  );
  expect(offline.stderr).toContain("The models at hand still work.");
}, 60_000);

test.each([
  [[], "Say what to do: list, add, fetch, remove."],
  [["sell"], "Say what to do: list, add, fetch, remove."],
  [["fetch"], "It is kiln models fetch ID"],
  [["fetch", "a", "b"], "It is kiln models fetch ID"],
  [["list", "a"], "It is kiln models list"],
  [["add"], "It is kiln models add FILE…"],
  [["remove"], "It is kiln models remove ID"],
])("kiln models %j is wrong usage", async (args, sentence) => {
  const { code, stderr } = await models("/nonexistent", ...args);
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
});
