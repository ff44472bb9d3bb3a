import { findings } from "./axe.ts";
import { expect, type Kiln, test } from "./kiln.ts";
import { paintPortraits } from "./photos.ts";

/** Opens the portraits and waits until both bursts are ranked. */
async function openPortraits(kiln: Kiln, tentative: RegExp, best: RegExp): Promise<void> {
  await paintPortraits(kiln.folder);
  await kiln.drop([kiln.folder]);
  const grid = kiln.page.locator("[data-keys=photos]").first();
  await expect(grid.getByRole("option")).toHaveCount(6);
  await expect(grid.getByRole("option", { name: tentative })).toHaveCount(1);
  await expect(grid.getByRole("option", { name: best })).toHaveCount(1);
}

test("what is too close to call is compared face by face, and accepted by one key", async ({
  kiln,
}) => {
  const { page } = kiln;
  await openPortraits(kiln, /Proposed frame.*Too close to call/, /IMG_0005.*Best frame/);
  const grid = page.getByRole("listbox", { name: "Photos" });
  const open = page.getByRole("button", { name: "1 too close to call" });
  await expect(open).toBeVisible();

  // The loupe draws what was compared, with its value, and says that the proposal is tentative.
  await page.keyboard.press("Home");
  await page.keyboard.press("e");
  await expect(page.getByRole("img", { name: /^Face: \d+$/ })).toBeVisible();
  await page.keyboard.press("h");
  await expect(page.getByRole("img", { name: /^Face: \d+$/ })).toBeHidden();
  await page.keyboard.press("h");

  // One key compares the tied frames and no other; a click on a face makes its frame the candidate.
  await page.keyboard.press("Shift+C");
  const faces = page.getByRole("list", { name: "The same face in every frame" });
  await expect(faces.getByRole("button")).toHaveCount(2);
  await expect(faces.locator("canvas[data-drawn]")).toHaveCount(2);
  await page.keyboard.press("c");
  await expect(faces.getByRole("button")).toHaveCount(3);
  await faces.getByRole("button", { name: /^#3/ }).click();
  await expect(page.getByRole("article", { name: /Candidate: IMG_0003/ })).toBeVisible();

  // Only what is open: one key accepts it, and nothing is left to be called.
  await page.keyboard.press("g");
  await page.keyboard.press("Shift+O");
  await expect(grid.getByRole("option")).toHaveCount(3);
  await page.keyboard.press("Enter");
  await expect(page.getByRole("button", { name: "0 too close to call" })).toBeVisible();
  await page.keyboard.press("Shift+O");
  await expect(grid.getByRole("option", { name: /IMG_000[12].*Picked/ })).toHaveCount(1);

  // Undone it is open again.
  await page.keyboard.press("Control+z");
  await expect(open).toBeVisible();
});

for (const language of ["en", "ko"] as const) {
  test.describe(language, () => {
    test.use({ language });

    test(`subjects, ties and faces read well and have no serious finding of axe (${language})`, async ({
      kiln,
    }, info) => {
      test.slow();
      const { page } = kiln;
      const check = async (screen: string): Promise<void> => {
        await test.step(screen, async () => {
          await page.screenshot({ path: info.outputPath(`${screen}-${language}.png`) });
          expect.soft(await findings(kiln)).toEqual([]);
        });
      };
      if (language === "en") await openPortraits(kiln, /Too close to call/, /Best frame/);
      else await openPortraits(kiln, /제안한 컷/, /베스트 컷/);
      await page.keyboard.press("Home");
      await check("tie-grid");
      await page.keyboard.press("Shift+T");
      await check("tie-stacks");
      await page.keyboard.press("Shift+T");
      await page.keyboard.press("Home");
      await page.keyboard.press("e");
      await expect(page.locator("[data-subject=face]")).toBeVisible();
      await check("tie-loupe");
      await page.keyboard.press("Shift+C");
      await expect(page.locator("li canvas[data-drawn]")).toHaveCount(2);
      await check("tie-compare");
      await page.keyboard.press("n");
      await check("tie-survey");
      await page.keyboard.press("g");
      await page.keyboard.press("Shift+O");
      await page.keyboard.press("Control+f");
      await check("tie-filters");
      await page.keyboard.press("Escape");
      await page.keyboard.press("v");
      await expect(page.getByRole("dialog")).toBeVisible();
      await check("similar");
      await page.keyboard.press("Escape");
      await page.locator("footer [popovertarget]").first().click();
      await expect(page.locator("fieldset[popover] output").last()).toBeVisible();
      await check("gap");
    });
  });
}
