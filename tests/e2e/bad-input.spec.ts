import { copyFileSync, mkdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./kiln.ts";
import { fingerprints, paint, twoBursts } from "./photos.ts";

test("what can't be read is listed with its reason, and the rest goes on", async ({ kiln }) => {
  const { page, folder } = kiln;
  await paint(folder, twoBursts.slice(0, 3));
  const whole = readFileSync(join(folder, "IMG_0001.JPG"));
  writeFileSync(join(folder, "empty.jpg"), "");
  writeFileSync(join(folder, "cut.jpg"), whole.subarray(0, whole.length / 2));
  writeFileSync(join(folder, "notes.jpg"), "not a photo at all, only words");
  // A JPEG that calls itself a PNG is a photo all the same.
  copyFileSync(join(folder, "IMG_0002.JPG"), join(folder, "한국 🎞.png"));
  mkdirSync(join(folder, "inside"));
  symlinkSync(folder, join(folder, "inside", "loop"));
  const before = fingerprintsOfFiles(folder);

  await kiln.drop([folder]);
  const grid = page.getByRole("listbox", { name: "Photos" });
  await expect(grid.getByRole("option")).toHaveCount(4);
  await expect(grid.getByRole("option", { name: /한국 🎞\.png/ })).toBeVisible();
  await page.getByRole("button", { name: /3 not read/ }).click();
  const list = page.getByRole("dialog", { name: "Not read" });
  for (const name of ["empty.jpg", "cut.jpg", "notes.jpg"]) {
    await expect(list.getByText(name)).toBeVisible();
  }
  expect(fingerprintsOfFiles(folder)).toEqual(before);
});

test("a drop without a photo is said to be one, and leaves everything as it was", async ({
  kiln,
}) => {
  const { page, folder, home } = kiln;
  const note = join(home, "notes.txt");
  writeFileSync(note, "words");
  await kiln.drop([note]);
  const said = page.getByRole("status");
  await expect(said).toContainText("“notes.txt” is no photo that Kiln reads.");
  await expect(page.getByRole("button", { name: "Try the sample project" })).toBeVisible();
  const summer = join(folder, "여름 ☀️");
  mkdirSync(summer);
  if (kiln.hostName === "chromium") {
    await kiln.drop([summer]);
    await expect(said).toContainText("There was nothing in that drop.");
  }
  await paint(summer, twoBursts.slice(0, 1));
  await kiln.drop([summer]);
  await expect(page.getByRole("button", { name: "Folder: 여름 ☀️" })).toBeVisible();
  await expect(page.getByRole("option", { name: /IMG_0001/ })).toBeVisible();
});

test("the same folder twice is one folder", async ({ kiln }) => {
  const { page, folder } = kiln;
  test.skip(
    kiln.hostName === "chromium",
    "A browser gives no path: what it drops is copied each time.",
  );
  await paint(folder, twoBursts.slice(0, 3));
  await kiln.drop([folder]);
  const grid = page.getByRole("listbox", { name: "Photos" });
  await expect(grid.getByRole("option", { name: /IMG_0002.*Best frame/ })).toBeVisible();
  await page.keyboard.press("Home");
  await page.keyboard.press("3");
  await expect(grid.getByRole("option", { name: /IMG_0001.*3 stars/ })).toBeVisible();
  await kiln.drop([folder]);
  await expect(grid.getByRole("option")).toHaveCount(3);
  await expect(grid.getByRole("option", { name: /IMG_0001.*3 stars/ })).toBeVisible();
});

test("a folder that went away is said to be missing, and its decisions wait for it", async ({
  kiln,
}) => {
  const { page, folder } = kiln;
  test.skip(kiln.hostName === "chromium", "A browser gives no path: Kiln reads its own copies.");
  await paint(folder, twoBursts.slice(0, 3));
  await kiln.drop([folder]);
  const grid = page.getByRole("listbox", { name: "Photos" });
  await expect(grid.getByRole("option", { name: /IMG_0002.*Best frame/ })).toBeVisible();
  rmSync(folder, { recursive: true });
  await page.keyboard.press("Control+r");
  await expect(page.getByText(/is not there/).first()).toBeVisible();
});

function fingerprintsOfFiles(folder: string): Record<string, string> {
  const inside = join(folder, "inside");
  rmSync(inside, { recursive: true });
  const all = fingerprints(folder);
  mkdirSync(inside);
  symlinkSync(folder, join(inside, "loop"));
  return all;
}
