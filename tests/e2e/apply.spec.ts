import { appendFileSync, existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { expect, type Kiln, test } from "./kiln.ts";
import { fingerprints, paint, twoBursts } from "./photos.ts";

/** Drops a burst and opens the apply dialog on a picked first frame and a rejected second one. */
async function decided(kiln: Kiln) {
  const { page, folder } = kiln;
  await paint(folder, twoBursts.slice(0, 3));
  const target = join(kiln.home, "target");
  mkdirSync(target);
  await kiln.drop([folder]);
  const grid = page.getByRole("listbox", { name: "Photos" });
  await expect(grid.getByRole("option", { name: /IMG_0002.*Best frame/ })).toBeVisible();
  await page.keyboard.press("Home");
  await page.keyboard.press("p");
  await expect(grid.getByRole("option", { name: /IMG_0001.*Picked/ })).toBeVisible();
  await page.keyboard.press("Control+Enter");
  const dialog = page.getByRole("dialog", { name: /Apply/ });
  return { page, grid, dialog, target };
}

async function plan(
  kiln: Kiln,
  dialog: Awaited<ReturnType<typeof decided>>["dialog"],
  target: string,
) {
  await kiln.chooseFolder(target, () =>
    dialog
      .getByRole("button", { name: /Choose/ })
      .first()
      .press("Enter"),
  );
  const showPlan = dialog.getByRole("button", { name: /plan/i });
  await expect(showPlan).toBeEnabled();
  await showPlan.press("Enter");
}

test("a move takes the pick away with a new name, undo brings it back, redo moves it again", async ({
  kiln,
}) => {
  test.skip(
    kiln.hostName === "chromium",
    "A browser drops copies: there is no folder of the person to move from.",
  );
  const { page, grid, dialog, target } = await decided(kiln);
  const originals = fingerprints(kiln.folder);
  await dialog.getByRole("radio", { name: /Move/ }).first().check();
  await dialog.getByLabel("File names").fill("{date}_{seq:3}");
  await dialog.getByLabel("Subfolders").fill("{camera}");
  await expect(dialog.getByText(/2026-05-01_001\.JPG/)).toBeVisible();
  await plan(kiln, dialog, target);
  await page
    .getByRole("dialog", { name: "Plan" })
    .getByRole("button", { name: /^Start/ })
    .press("Enter");
  const moved = join(target, "Test", "2026-05-01_001.JPG");
  await expect.poll(() => existsSync(moved)).toBe(true);
  expect(fingerprints(join(target, "Test"))).toEqual({
    "2026-05-01_001.JPG": originals["IMG_0001.JPG"],
  });
  await expect(grid.getByRole("option")).toHaveCount(2);

  await page.keyboard.press("Control+z");
  await expect.poll(() => fingerprints(kiln.folder)).toEqual(originals);
  const said = page.getByRole("status").filter({ hasText: "Undone" });
  await expect(said).toContainText("Undone: Move 1 file to “target”");
  await expect(said).toContainText("1 file taken back");
  await expect(grid.getByRole("option", { name: /IMG_0001.*Picked/ })).toBeVisible();
  expect(readdirSync(target)).toEqual([]);

  await page.keyboard.press("Control+Shift+z");
  // Files are not moved once more by a slip: it asks.
  const question = page.getByRole("dialog", { name: "Do it again?" });
  await expect(question).toBeVisible();
  await question.getByRole("button", { name: "Do it again" }).press("Enter");
  await expect.poll(() => existsSync(moved)).toBe(true);
  await expect(grid.getByRole("option")).toHaveCount(2);
});

test("an undo that had to leave a file says so, and keeps it", async ({ kiln }) => {
  const { page, dialog, target } = await decided(kiln);
  await plan(kiln, dialog, target);
  await page
    .getByRole("dialog", { name: "Plan" })
    .getByRole("button", { name: /^Start/ })
    .press("Enter");
  const toast = page.getByRole("status");
  await expect(toast).toContainText("Decisions applied.");
  const copy = join(target, "IMG_0001.JPG");
  appendFileSync(copy, "edited");
  await page.keyboard.press("Control+z");
  await expect(toast).toContainText("Undone: Copy 1 file to “target”");
  await expect(toast).toContainText("was changed after Kiln wrote it, so it stays");
  // The way back that was taken is not offered a second time.
  await expect(toast.getByRole("button", { name: "Undo" })).toHaveCount(0);
  expect(existsSync(copy)).toBe(true);
});

test("a name that is taken gets -2, and nothing is overwritten", async ({ kiln }) => {
  const { page, dialog, target } = await decided(kiln);
  await paint(target, [
    { ...(twoBursts[6] ?? twoBursts[0]), name: "IMG_0001.JPG" } as (typeof twoBursts)[0],
  ]);
  const there = fingerprints(target);
  await plan(kiln, dialog, target);
  const shown = page.getByRole("dialog", { name: "Plan" });
  await expect(shown.getByText(/IMG_0001-2\.JPG/).first()).toBeVisible();
  await shown.getByRole("button", { name: /^Start/ }).press("Enter");
  await expect.poll(() => readdirSync(target).sort()).toEqual(["IMG_0001-2.JPG", "IMG_0001.JPG"]);
  expect(fingerprints(target)["IMG_0001.JPG"]).toBe(there["IMG_0001.JPG"]);
});

test("a plan of one folder is not carried out over another that is dropped meanwhile", async ({
  kiln,
}) => {
  const { page, grid, dialog, target } = await decided(kiln);
  await plan(kiln, dialog, target);
  const shown = page.getByRole("dialog", { name: "Plan" });
  await expect(shown).toBeVisible();
  const other = join(kiln.home, "other");
  mkdirSync(other);
  await paint(other, twoBursts.slice(6));
  await kiln.drop([other]);
  await expect(grid.getByRole("option")).toHaveCount(1);
  await expect(shown).toBeHidden();
  await page.keyboard.press("Control+Enter");
  await expect(dialog).toBeVisible();
  await expect(dialog.getByText("0 picked")).toBeVisible();
  expect(readdirSync(target)).toEqual([]);
});

test("an undo in another folder is asked about first, and names that folder", async ({ kiln }) => {
  const { page, grid, dialog, target } = await decided(kiln);
  await plan(kiln, dialog, target);
  await page
    .getByRole("dialog", { name: "Plan" })
    .getByRole("button", { name: /^Start/ })
    .press("Enter");
  const toast = page.getByRole("status");
  await expect(toast).toContainText("Decisions applied.");
  const other = join(kiln.home, "other");
  mkdirSync(other);
  await paint(other, twoBursts.slice(6));
  await kiln.drop([other]);
  await expect(grid.getByRole("option")).toHaveCount(1);

  await page.keyboard.press("Control+z");
  const question = page.getByRole("dialog", { name: "Undo in another folder?" });
  await expect(question).toContainText("Copy 1 file to “target”");
  await expect(question).toContainText(/files of the folder “.+”, which is not the one/);
  await question.getByRole("button", { name: "Cancel" }).press("Enter");
  await expect(question).toBeHidden();
  expect(readdirSync(target)).toEqual(["IMG_0001.JPG"]);

  await page.keyboard.press("Control+z");
  await question.getByRole("button", { name: "Undo" }).press("Enter");
  await expect.poll(() => readdirSync(target)).toEqual([]);
  await expect(toast).toContainText(/Undone: Copy 1 file to “target”. In the folder “.+”/);
});

test("a wrong name is said once, at its own field", async ({ kiln }) => {
  const { dialog, target } = await decided(kiln);
  const name = dialog.getByLabel("File names");
  await name.fill("{date}-{number}");
  // Where the person goes next is not what is wrong.
  await dialog.getByLabel("Subfolders").focus();
  const said = dialog.getByText("There is no field {number}.");
  await expect(said).toHaveCount(1);
  await expect(name).toHaveAttribute("aria-invalid", "true");
  await expect(dialog.getByLabel("Subfolders")).toHaveAttribute("aria-invalid", "false");
  await plan(kiln, dialog, target);
  await expect(dialog.getByRole("button", { name: /plan/i })).toBeEnabled();
  await expect(said).toHaveCount(1);
});

test("accepting all leaves the stack where the best frame was rejected", async ({ kiln }) => {
  const { page, folder } = kiln;
  await paint(folder, twoBursts.slice(0, 6));
  await kiln.drop([folder]);
  const photos = page.getByRole("listbox", { name: "Photos" }).getByRole("option");
  await expect(photos.filter({ hasText: "Best frame" })).toHaveCount(2);
  await page.keyboard.press("Home");
  await page.keyboard.press("p");
  await expect(photos.filter({ hasText: /IMG_0001.*Picked/ })).toHaveCount(1);
  await photos.filter({ hasText: /IMG_0002/ }).click();
  await page.keyboard.press("x");
  await expect(photos.filter({ hasText: /IMG_0002.*Rejected/ })).toHaveCount(1);
  await page.keyboard.press("Control+k");
  await page.keyboard.type("accept all");
  await page.keyboard.press("Enter");
  const toast = page.getByRole("status");
  await expect(toast).toContainText("1 proposal accepted.");
  await expect(toast).toContainText("1 was decided and stays as it is.");
  await expect(photos.filter({ hasText: /IMG_0002.*Rejected/ })).toHaveCount(1);
  await expect(photos.filter({ hasText: /Picked/ })).toHaveCount(2);
});

test("rejects alone go to the trash without a destination, and undo brings them back", async ({
  kiln,
}) => {
  const { page, folder } = kiln;
  await paint(folder, twoBursts.slice(0, 6));
  await kiln.drop([folder]);
  const photos = page.getByRole("listbox", { name: "Photos" }).getByRole("option");
  await expect(photos.filter({ hasText: "Best frame" })).toHaveCount(2);
  await page.keyboard.press("Home");
  await page.keyboard.press("x");
  await expect(photos.first()).toHaveAccessibleName(/Rejected/);
  await page.keyboard.press("Control+Enter");
  const dialog = page.getByRole("dialog", { name: /Apply/ });
  const showPlan = dialog.getByRole("button", { name: /plan/i });
  await expect(showPlan).toBeDisabled();
  await dialog.getByRole("radio", { name: /trash/i }).check();
  await showPlan.press("Enter");
  // What is proposed in the other burst would have to go somewhere.
  const question = page.getByRole("dialog", { name: "Not decided yet" });
  await question.getByRole("button", { name: "Take the proposed frames" }).press("Enter");
  await expect(dialog.getByRole("alert")).toContainText("Choose a destination.");
  await showPlan.press("Enter");
  await question.getByRole("button", { name: "Leave them out" }).press("Enter");
  const planned = page.getByRole("dialog", { name: "Plan" });
  await expect(planned.getByRole("row", { name: /IMG_0001.*Trash/ })).toBeVisible();
  await planned.getByRole("button", { name: /^Start/ }).press("Enter");
  await expect(photos).toHaveCount(5);
  await page.keyboard.press("Control+z");
  await expect(photos).toHaveCount(6);
});
