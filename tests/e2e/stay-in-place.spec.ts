import { renameSync } from "node:fs";
import { join } from "node:path";
import type { Locator } from "@playwright/test";
import { expect, test } from "./kiln.ts";
import { paint, twoBursts } from "./photos.ts";

test.use({ viewport: { width: 1024, height: 700 } });

test("a folder's problem stands over no button, and goes when the folder is back or another is shown", async ({
  kiln,
}) => {
  const { page, folder } = kiln;
  const [may, june] = [join(folder, "May"), join(folder, "June")];
  await paint(may, twoBursts);
  const open = (path: string): Promise<void> =>
    kiln.chooseFolder(path, () => page.keyboard.press("Control+o"));
  await open(may);
  await expect(page.getByRole("option", { name: /Best frame/ })).toHaveCount(2);

  const told = page.getByRole("status").filter({ hasText: "May” is not there" });
  renameSync(may, june);
  await page.keyboard.press("Control+r");
  await expect(told).toBeVisible();
  for (const key of ["e", "c", "n", "Shift+U"]) {
    await page.keyboard.press(key);
    await expect(page.locator("main [data-keys]").first()).toBeVisible();
    expect(await coveredButtons(told), key).toEqual([]);
  }
  await page.keyboard.press("Escape");

  renameSync(june, may);
  await page.keyboard.press("Control+r");
  await expect(told).toBeHidden();

  renameSync(may, june);
  await page.keyboard.press("Control+r");
  await expect(told).toBeVisible();
  await open(june);
  await expect(page.getByRole("button", { name: "June" })).toBeVisible();
  await expect(told).toBeHidden();
});

/** Names of buttons that a toast lies over, in part or whole. */
function coveredButtons(toast: Locator): Promise<string[]> {
  return toast.evaluate((element) => {
    const box = element.getBoundingClientRect();
    return [...document.querySelectorAll("button")]
      .filter((button) => !element.contains(button) && button.checkVisibility())
      .filter((button) => {
        const { left, right, top, bottom } = button.getBoundingClientRect();
        return left < box.right && right > box.left && top < box.bottom && bottom > box.top;
      })
      .map((button) => button.textContent || button.ariaLabel || "");
  });
}

test("S splits a stack from this photo on, and undo goes back to what it changed", async ({
  kiln,
}) => {
  const { page, folder } = kiln;
  await paint(folder, twoBursts);
  await kiln.drop([folder]);
  const grid = page.getByRole("listbox", { name: "Photos" });
  await expect(grid.getByRole("option", { name: /Best frame/ })).toHaveCount(2);
  await grid.getByRole("option", { name: /^IMG_0002/ }).click();
  await page.keyboard.press("s");
  await expect(grid.getByRole("option", { name: /^IMG_0002.* 1 of 2 in its stack/ })).toBeVisible();
  await expect(grid.getByRole("option", { name: /^IMG_0003.* 2 of 2 in its stack/ })).toBeVisible();

  await page.keyboard.press("End");
  await page.keyboard.press("Control+z");
  const active = grid.locator("[data-active]");
  await expect(active).toContainText("IMG_0002");
  await expect(grid.getByRole("option", { selected: true })).toHaveCount(2);
  await expect(grid.getByRole("option", { name: /^IMG_0003.* 3 of 3 in its stack/ })).toBeVisible();

  await grid.getByRole("option", { name: /^IMG_0005/ }).click();
  await page.keyboard.press("4");
  await page.keyboard.press("Home");
  await page.keyboard.press("Control+z");
  await expect(active).toContainText("IMG_0005");
  // Who is among what changed stays where they are.
  await page.keyboard.press("Control+a");
  await page.keyboard.press("3");
  await page.keyboard.press("Control+z");
  await expect(active).toContainText("IMG_0005");
});
