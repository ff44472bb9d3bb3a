import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { root } from "./hosts.ts";
import { expect, test } from "./kiln.ts";
import { paint, twoBursts } from "./photos.ts";

test("the command line beside an open window works through it", async ({ kiln }) => {
  await paint(kiln.folder, twoBursts);
  await expect(kiln.page.getByRole("button", { name: "Try the sample project" })).toBeVisible();
  const { stdout } = await promisify(execFile)(process.execPath, [
    join(root, "out/main/cli.js"),
    "bestcut",
    kiln.folder,
    "--json",
    "--library",
    kiln.libraryDirectory,
  ]);
  const report: { groups: { pick: string; photos: unknown[] }[] } = JSON.parse(stdout);
  expect(report.groups.map(({ photos }) => photos.length)).toEqual([3, 3, 1]);
  expect(report.groups.map(({ pick }) => pick)).toEqual([
    join(kiln.folder, "IMG_0002.JPG"),
    join(kiln.folder, "IMG_0006.JPG"),
    join(kiln.folder, "IMG_0007.JPG"),
  ]);
  // The window's library has the folder now, too.
  await expect(kiln.page.getByText("photos").first()).toBeVisible();
});

test("decisions, language and library are there after a restart", async ({ kiln }) => {
  await paint(kiln.folder, twoBursts.slice(0, 3));
  await kiln.drop([kiln.folder]);
  const photo = () => kiln.page.getByRole("option", { name: /IMG_0001/ }).first();
  await expect(photo()).toBeVisible();
  await kiln.page.keyboard.press("Home");
  await kiln.page.keyboard.press("4");
  await expect(photo()).toHaveAccessibleName(/4 stars/);
  await kiln.restart();
  await expect(photo()).toHaveAccessibleName(/4 stars/);
  await kiln.page.keyboard.press("Control+z");
  await expect(photo()).not.toHaveAccessibleName(/4 stars/);
});
