import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "./kiln.ts";
import { paint, twoBursts } from "./photos.ts";

test("the keyboard stays with the photos after panels, filters and an empty folder", async ({
  kiln,
}) => {
  const { page, folder } = kiln;
  await paint(folder, twoBursts);
  await kiln.drop([folder]);
  const grid = page.getByRole("listbox", { name: "Photos" });
  const photos = grid.getByRole("option");
  await expect(photos.filter({ hasText: "Best frame" })).toHaveCount(2);

  // Every panel hands the focus back; up and down mean rows only with the focus in the grid.
  for (const [key, name] of [
    ["Control+k", "All commands"],
    ["Control+Comma", "Settings"],
    ["Shift+Slash", "Keyboard shortcuts"],
    ["Control+Enter", "Apply decisions"],
  ] as const) {
    await page.keyboard.press(key);
    await expect(page.getByRole("dialog", { name })).toBeVisible();
    await page.keyboard.press("Escape");
    await expect(grid).toBeFocused();
  }
  await page.keyboard.press("Home");
  await page.getByText("7 photos").click();
  await expect(grid).not.toBeFocused();
  await page.keyboard.press("ArrowDown");
  await expect(photos.nth(5)).toHaveAttribute("data-active", "true");

  // The filter bar takes the typing until something else is meant.
  await page.keyboard.press("Control+f");
  const fileName = page.getByRole("searchbox", { name: "File name" });
  await expect(fileName).toBeFocused();
  await page.getByRole("button", { name: "Undecided" }).first().click();
  await page.keyboard.press("p");
  await expect(fileName).toHaveValue("");
  await expect(photos).toHaveCount(6);
  await page.keyboard.press("Control+f");
  await page.keyboard.press("ArrowUp");
  await expect(photos.first()).toHaveAttribute("data-active", "true");
});

test("a folder that one comes back to from an empty one has its first photo active", async ({
  kiln,
}) => {
  const { page, folder } = kiln;
  await paint(folder, twoBursts.slice(0, 3));
  const empty = join(kiln.home, "empty");
  mkdirSync(empty);
  const open = (path: string) => kiln.chooseFolder(path, () => page.keyboard.press("Control+o"));
  await open(folder);
  const photos = page.getByRole("listbox", { name: "Photos" }).getByRole("option");
  await expect(photos).toHaveCount(3);
  await open(empty);
  await expect(page.getByText("There are no photos in this folder.")).toBeVisible();
  await open(folder);
  await expect(photos.first()).toHaveAttribute("data-active", "true");
});
