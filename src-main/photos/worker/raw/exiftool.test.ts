import { spawnSync } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, onTestFinished, test, vi } from "vitest";
import { type Bench, createBench, expectQuarters } from "../photo-fixture.ts";
import { makeMrw, rawPictures } from "./raw-fixture.ts";

/** In a mount namespace of its own, which ends with the command. */
const HIDE_PERL = "mount --bind /dev/null /usr/bin/perl &&";

let bench: Bench;
let path: string;

beforeAll(async () => {
  bench = createBench("native");
  path = bench.at("old.mrw");
  await writeFile(path, makeMrw((await rawPictures(6)).full, 6));
});
afterAll(() => bench.close());

test("a RAW that Kiln can't take apart is shown all the same", async () => {
  const file = bench.at("old.jpg");
  expect(await bench.pool.run("probe", { path })).toMatchObject({
    isRaw: true,
    width: 960,
    height: 576,
    cameraMake: null,
  });
  await bench.pool.run("thumbnail", { path, file, edge: 256 });
  await expectQuarters(file);
});

test.skipIf(!canHidePerl())("without Perl it is set aside with a sentence (needs root)", () => {
  const script = `
    import { openSource } from ${JSON.stringify(new URL("../source.ts", import.meta.url).href)};
    await openSource(process.argv[1]).catch(({ code }) => process.stdout.write(code));
  `;
  const node = [process.execPath, "--input-type=module", "-e", script, path];
  const { stdout } = spawnSync("unshare", ["-m", "sh", "-c", `${HIDE_PERL} "$@"`, "sh", ...node], {
    encoding: "utf8",
  });
  expect(stdout).toBe("raw-reader-missing");
});

test.skipIf(process.platform !== "linux").each(["ends", "is killed"])(
  "one ExifTool is started with the first that needs it, and gone when the worker %s",
  async (how) => {
    const other = createBench("native");
    onTestFinished(() => other.close());
    await other.pool.run("thumbnail", {
      path: await plain(other),
      file: other.at("a.jpg"),
      edge: 64,
    });
    const [worker = 0] = other.pool.pids;
    expect(childrenOf(worker)).toEqual([]);
    await Promise.all([1, 2, 3].map(() => other.pool.run("probe", { path })));
    const [exiftool = 0, ...more] = childrenOf(worker);
    expect(exiftool).toBeGreaterThan(0);
    expect(more).toEqual([]);
    if (how === "ends") await other.close();
    else process.kill(worker, "SIGKILL");
    await vi.waitUntil(() => !existsSync(`/proc/${exiftool}`), { timeout: 10_000 });
  },
);

async function plain(bench: Bench): Promise<string> {
  const jpeg = bench.at("plain.jpg");
  await writeFile(jpeg, (await rawPictures()).middle);
  return jpeg;
}

function childrenOf(pid: number): number[] {
  return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8")
    .split(" ")
    .filter((each) => each.trim() !== "")
    .map(Number);
}

function canHidePerl(): boolean {
  if (process.platform !== "linux" || process.getuid?.() !== 0) return false;
  return spawnSync("unshare", ["-m", "sh", "-c", `${HIDE_PERL} true`]).status === 0;
}
