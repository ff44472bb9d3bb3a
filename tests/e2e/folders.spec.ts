import { mkdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { expect, type Kiln, test } from "./kiln.ts";
import { paint, twoBursts } from "./photos.ts";

/** Two folders that were read, the second one shown; and how to go to one of them again. */
async function twoFolders(kiln: Kiln) {
  const { page, home } = kiln;
  const [first, second] = [join(home, "바다 🌊"), join(home, "second")];
  for (const folder of [first, second]) mkdirSync(folder);
  await paint(first, twoBursts.slice(0, 3));
  await paint(second, twoBursts.slice(3, 4));
  const photos = page.getByRole("listbox", { name: "Photos" }).getByRole("option");
  for (const [folder, count] of [
    [first, 3],
    [second, 1],
  ] as const) {
    await kiln.chooseFolder(folder, () => page.keyboard.press("Control+o"));
    await expect(photos).toHaveCount(count);
  }
  const goTo = async (name: string): Promise<void> => {
    await page.getByRole("button", { name: /^Folder:/ }).click();
    await page.getByRole("menuitemradio", { name: new RegExp(`^${name}`) }).click();
  };
  return { page, first, photos, goTo };
}

test("a folder that one comes back to shows what came meanwhile", async ({ kiln }) => {
  const { first, photos, goTo } = await twoFolders(kiln);
  await paint(first, twoBursts.slice(4, 6));
  await goTo("바다");
  await expect(photos).toHaveCount(5);
});

test("a folder that left says so, and where it went it has its decisions and best frames", async ({
  kiln,
}) => {
  const { page, first, photos, goTo } = await twoFolders(kiln);
  await goTo("바다");
  await expect(photos.filter({ hasText: "Best frame" })).toHaveCount(1);
  await page.keyboard.press("Home");
  await page.keyboard.press("4");
  await goTo("second");
  const renamed = join(kiln.home, "renamed");
  renameSync(first, renamed);
  await goTo("바다");
  await expect(page.getByRole("button", { name: "Not there right now" })).toBeVisible();

  await kiln.chooseFolder(renamed, () => page.keyboard.press("Control+o"));
  await expect(photos).toHaveCount(3);
  await expect(photos.filter({ hasText: "Best frame" })).toHaveCount(1);
  await expect(photos.first()).toHaveAccessibleName(/4 stars/);
  rmSync(renamed, { recursive: true });
});

test("a photo that is moved within its folder is shown where it is now", async ({ kiln }) => {
  const { page, first, photos, goTo } = await twoFolders(kiln);
  await goTo("바다");
  await expect(photos.filter({ hasText: "Best frame" })).toHaveCount(1);
  await page.keyboard.press("Home");
  await page.keyboard.press("4");
  await page.keyboard.press("Home");
  const from = join(first, "IMG_0001.JPG");
  await expect(page.getByText(from)).toBeVisible();
  const to = join(first, "고른 것", "바다.JPG");
  mkdirSync(join(first, "고른 것"));
  renameSync(from, to);
  await expect(photos.filter({ hasText: "바다.JPG" })).toHaveAccessibleName(/4 stars/);
  await expect(photos).toHaveCount(3);
  await page.keyboard.press("Home");
  await expect(page.getByText(to)).toBeVisible();
});

test("files that swap their names keep what was decided on them", async ({ kiln }) => {
  const { page, first, photos, goTo } = await twoFolders(kiln);
  await goTo("바다");
  await expect(photos.filter({ hasText: "Best frame" })).toHaveCount(1);
  await page.keyboard.press("Home");
  await page.keyboard.press("4");
  await page.keyboard.press("End");
  await page.keyboard.press("x");
  const one = photos.filter({ hasText: "IMG_0001.JPG" });
  const three = photos.filter({ hasText: "IMG_0003.JPG" });
  await expect(one).toHaveAccessibleName(/4 stars/);
  await expect(three).toHaveAccessibleName(/Rejected/i);
  const [a, b] = [join(first, "IMG_0001.JPG"), join(first, "IMG_0003.JPG")];
  renameSync(a, `${a}.aside`);
  renameSync(b, a);
  renameSync(`${a}.aside`, b);
  await expect(three).toHaveAccessibleName(/4 stars/);
  await expect(one).toHaveAccessibleName(/Rejected/i);
  await expect(photos).toHaveCount(3);
});

test("the host's folder list takes a typed path, and leads back to where it was", async ({
  kiln,
}) => {
  test.skip(kiln.hostName !== "chromium", "Electron asks in the system's own dialog.");
  const { page, home } = kiln;
  const deep = join(home, "가을 🍁", "deep");
  mkdirSync(deep, { recursive: true });
  await paint(deep, twoBursts.slice(0, 3));
  await page.keyboard.press("Control+o");
  const question = page.getByRole("dialog", { name: "Choose a folder" });
  const field = question.getByRole("textbox", { name: "Path of the folder" });
  const row = (name: string) => question.getByRole("button", { name: new RegExp(`^${name}`) });
  await expect(row("가을")).toBeVisible();
  // A slash in the list begins a path.
  await page.keyboard.press("~");
  await expect(field).toBeFocused();
  await field.pressSequentially("/가을 🍁/nothing");
  await field.press("Enter");
  await expect(question.getByRole("alert")).toHaveText(
    `There is no folder “nothing” in “${join(home, "가을 🍁")}”.`,
  );
  await field.fill(deep);
  await expect(question.getByRole("alert")).toBeHidden();
  await field.press("Enter");
  await expect(question.getByText("3 photos")).toBeVisible();
  await page.keyboard.press("Backspace");
  await expect(row("deep")).toBeFocused();
  await page.keyboard.press("Backspace");
  await expect(row("가을")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(row("deep")).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(field).toHaveValue(deep);
  await page.keyboard.press("Control+Enter");
  await expect(page.getByRole("listbox", { name: "Photos" }).getByRole("option")).toHaveCount(3);
  // Asked again, it begins where it ended.
  await page.keyboard.press("Control+o");
  await expect(field).toHaveValue(deep);
});
