import { mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./kiln.ts";
import { fingerprints, paint, twoBursts } from "./photos.ts";

test("a dropped folder becomes a decided folder, without a mouse", async ({ kiln }) => {
  const { page, folder } = kiln;
  await paint(folder, twoBursts);
  const originals = fingerprints(folder);
  const picked = join(kiln.home, "picked");
  mkdirSync(picked);

  await kiln.drop([folder]);
  const grid = page.getByRole("listbox", { name: "Photos" });
  await expect(grid.getByRole("option")).toHaveCount(7);
  // Grouped, measured, and the sharpest frame of each burst is marked as its best.
  await expect(grid.getByRole("option", { name: /IMG_0002.*Best frame/ })).toBeVisible();
  await expect(grid.getByRole("option", { name: /IMG_0006.*Best frame/ })).toBeVisible();

  // The first burst: its proposal is accepted. The second: decided frame by frame in the loupe.
  await page.keyboard.press("Home");
  await expect(grid.getByRole("option", { selected: true })).toHaveAccessibleName(/IMG_0001/);
  await page.keyboard.press("Enter");
  await expect(grid.getByRole("option", { name: /IMG_0002.*Picked/ })).toBeVisible();
  await expect(grid.getByRole("option", { selected: true })).toHaveAccessibleName(/IMG_0004/);
  await page.keyboard.press("e");
  await page.keyboard.press("x");
  await page.keyboard.press("x");
  await page.keyboard.press("p");
  await page.keyboard.press("u");
  await page.keyboard.press("g");
  await expect(grid.getByRole("option", { name: /IMG_0004.*Rejected/ })).toBeVisible();
  await expect(grid.getByRole("option", { name: /IMG_0005.*Rejected/ })).toBeVisible();
  await expect(grid.getByRole("option", { name: /IMG_0006.*Picked/ })).toBeVisible();

  // Undo and redo of a decision.
  await page.keyboard.press("Control+z");
  await expect(grid.getByRole("option", { name: /IMG_0006.*Undecided/ })).toBeVisible();
  await page.keyboard.press("Control+Shift+z");
  await expect(grid.getByRole("option", { name: /IMG_0006.*Picked/ })).toBeVisible();

  // Apply: the lone photo is undecided and asked about.
  await page.keyboard.press("Control+Enter");
  const dialog = page.getByRole("dialog", { name: /Apply/ });
  await expect(dialog).toBeVisible();
  await kiln.chooseFolder(picked, () =>
    dialog
      .getByRole("button", { name: /Choose/ })
      .first()
      .press("Enter"),
  );
  const showPlan = dialog.getByRole("button", { name: /plan/i });
  await expect(showPlan).toBeEnabled();
  await showPlan.press("Enter");
  await page.getByRole("button", { name: "Leave them out" }).press("Enter");
  const plan = page.getByRole("dialog", { name: "Plan" });
  await expect(plan.getByText(/IMG_0002\.JPG/).first()).toBeVisible();
  expect(readdirSync(picked)).toEqual([]);
  await plan.getByRole("button", { name: /^Start/ }).press("Enter");
  await expect.poll(() => readdirSync(picked).sort()).toEqual(["IMG_0002.JPG", "IMG_0006.JPG"]);

  // Copies are the originals, byte for byte, and the originals are what they were.
  expect(Object.values(fingerprints(picked))).toEqual([
    originals["IMG_0002.JPG"],
    originals["IMG_0006.JPG"],
  ]);
  expect(fingerprints(folder)).toEqual(originals);

  // Undo takes the copies back.
  await page.keyboard.press("Control+z");
  await expect.poll(() => readdirSync(picked)).toEqual([]);
});
