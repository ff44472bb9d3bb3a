import { execFile } from "node:child_process";
import { mkdir, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { problemSchema } from "../../src-preload/contract/problem.ts";
import { snapshot, temporaryFolder } from "../photos/takes.fixture.ts";

interface Ended {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Types `kiln upscale …`, and waits for its end. */
function upscale(...args: string[]): Promise<Ended> {
  const command = [join(import.meta.dirname, "cli.fixture.ts"), "upscale", ...args];
  return new Promise((ended) => {
    execFile(
      process.execPath,
      command,
      { env: { PATH: process.env.PATH, LANG: "C.UTF-8" } },
      (error, stdout, stderr) =>
        ended({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr }),
    );
  });
}

/** A disc of which what lies around it is transparent. */
async function disc(path: string): Promise<void> {
  const svg = "<svg width='24' height='24'><circle cx='12' cy='12' r='6' fill='teal'/></svg>";
  await sharp(Buffer.from(svg)).png().toFile(path);
}

test("transparent parts of a JPEG take the colour that was asked for, and it is said", async () => {
  const folder = await temporaryFolder();
  const photo = join(folder, "disc.png");
  const out = join(folder, "out");
  await disc(photo);
  const common = ["--out", out, "--format", "jpeg", "--scale", "2", "--json"];
  const library = ["--library", join(folder, "library")];
  const corner = async (path: string): Promise<number[]> => {
    const pixel = { left: 0, top: 0, width: 1, height: 1 };
    return [...(await sharp(path).extract(pixel).raw().toBuffer())];
  };
  const first = JSON.parse((await upscale(photo, ...common, ...library)).stdout);
  expect(first).toMatchObject({
    outputs: [
      {
        path: join(out, "disc-general-x4v3-2x.jpg"),
        runs: 1,
        note: { en: "What was transparent is white: JPEG has no transparency." },
      },
    ],
    skipped: [],
  });
  expect(Math.min(...(await corner(first.outputs[0].path)))).toBeGreaterThan(250);

  // The very same is there already. With another background it is not, and another file has its name.
  const again = await upscale(photo, ...common, ...library);
  expect(again.code).toBe(0);
  expect(JSON.parse(again.stdout).skipped[0].reason.en).toBe(
    "“disc-general-x4v3-2x.jpg” is there already (--existing rename makes it all the same).",
  );
  const black = [...common, "--background", "black", ...library];
  const skipped = await upscale(photo, ...black);
  expect(skipped.code).toBe(1);
  expect(JSON.parse(skipped.stdout).skipped[0].reason.en).toContain(
    `“${join(out, "disc-general-x4v3-2x.jpg")}” is in the way`,
  );
  const second = JSON.parse((await upscale(photo, ...black, "--existing", "rename")).stdout);
  expect(second.outputs[0].note.en).toContain("What was transparent is black");
  expect(Math.max(...(await corner(second.outputs[0].path)))).toBeLessThan(5);
  // Now it is, under its number.
  expect((await upscale(photo, ...black)).code).toBe(0);
}, 120_000);

test("the photo itself is no result of it, and no other file is; nothing of either is touched", async () => {
  const folder = await temporaryFolder();
  const [photo, other] = [join(folder, "disc.png"), join(folder, "notes.png")];
  await disc(photo);
  await writeFile(other, "something else");
  const before = await snapshot(folder);
  const typed = [photo, "--out", folder, "--scale", "2", "--json"];
  const library = ["--library", join(await temporaryFolder(), "library")];
  const itself = await upscale(...typed, "--name", "{name}", ...library);
  expect(itself.code).toBe(1);
  expect(JSON.parse(itself.stdout)).toMatchObject({
    outputs: [],
    skipped: [
      {
        path: photo,
        reason: {
          en: `The result would have the name of the photo itself, “${photo}” (--existing rename makes the result beside it).`,
        },
      },
    ],
  });
  const inTheWay = await upscale(...typed, "--name", "notes", ...library);
  expect(inTheWay.code).toBe(1);
  expect(JSON.parse(inTheWay.stdout).skipped[0].reason.en).toContain(`“${other}” is in the way`);
  expect(await snapshot(folder)).toEqual(before);
}, 120_000);

test("beyond the model's scale it runs twice, and that is said before it begins", async () => {
  const folder = await temporaryFolder();
  const photo = join(folder, "disc.png");
  await disc(photo);
  const { code, stdout, stderr } = await upscale(
    ...[photo, "--out", join(folder, "out"), "--scale", "5", "--json"],
    ...["--library", join(folder, "library")],
  );
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject({ outputs: [{ runs: 2, width: 120, note: null }] });
  expect(stderr).toContain("This size is beyond the model's own scale: it runs more than once");
}, 120_000);

test("a folder without photos and a file that is none fail, and say so", async () => {
  const folder = await temporaryFolder();
  const empty = join(folder, "empty");
  await mkdir(empty);
  await writeFile(join(folder, "notes.txt"), "hello");
  const library = ["--library", join(folder, "library")];
  const { code, stdout } = await upscale(empty, join(folder, "notes.txt"), "--json", ...library);
  expect(code).toBe(1);
  expect(JSON.parse(stdout)).toMatchObject({
    outputs: [],
    skipped: [
      { path: empty, reason: { en: "There are no photos in this folder." } },
      { path: join(folder, "notes.txt"), reason: { en: "That is no photo that Kiln reads." } },
    ],
  });
  const said = await upscale(empty, ...library);
  expect(said.code).toBe(1);
  expect(said.stdout).toContain("There are no photos in this folder.");
  expect(await readdir(empty)).toEqual([]);
}, 60_000);

test.each([
  [["--scale", "0"], "--scale takes a number from 1 to 16, not “0”."],
  [["--background", "blue"], "--background takes one of white, black, not “blue”."],
  [["--faster"], "There is no option --faster."],
  [
    ["--name", "../x"],
    "--name does not take “../x”. A file name can't contain “/” or “\\”. Name the folder with --out.",
  ],
  [
    ["--name", "{nme}"],
    "--name does not take “{nme}”. There is no field {nme}. Use {name} {model}",
  ],
  [["--name", "{name"], "--name does not take “{name”. A brace is not closed or not opened."],
  [["--name", "a".repeat(201)], "--name takes 200 characters at most."],
])("wrong usage is a JSON problem, too: %j", async (args, sentence) => {
  const { code, stdout, stderr } = await upscale("a.jpg", ...args, "--json");
  expect(code).toBe(2);
  expect(stderr).toContain(sentence);
  const problem = problemSchema.parse(JSON.parse(stdout).problem);
  expect(problem.code).toBe("usage");
  expect(problem.happened.en).toContain(sentence);
});
