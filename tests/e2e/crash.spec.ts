import { expect, test } from "./kiln.ts";
import { type Frame, paint } from "./photos.ts";

const many: Frame[] = Array.from({ length: 40 }, (_, index) => ({
  name: `IMG_${String(index + 1).padStart(4, "0")}.JPG`,
  at: index * 30_000,
  blur: 0,
  scene: index,
}));

test("killed in the middle of a reading, Kiln goes on where it was", async ({ kiln }) => {
  await paint(kiln.folder, many);
  await kiln.drop([kiln.folder]);
  const photos = () => kiln.page.getByRole("listbox", { name: "Photos" }).getByRole("option");
  await expect(photos().first()).toBeVisible();
  await kiln.page.keyboard.press("Home");
  await kiln.page.keyboard.press("p");
  await expect(photos().first()).toHaveAccessibleName(/Picked/);
  // The page shows a decision at once; there is a step to undo when it is written.
  await expect(kiln.page.getByRole("button", { name: "Undo" })).toBeEnabled();
  await kiln.crashAndRestart();
  // What was decided is there, and every photo gets measured.
  await expect(photos().first()).toHaveAccessibleName(/Picked/);
  await kiln.page.keyboard.press("Control+j");
  await expect(kiln.page.getByText("40 photos in 40 moments").first()).toBeVisible();
});
