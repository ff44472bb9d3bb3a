import { findings } from "./axe.ts";
import { expect, test } from "./kiln.ts";
import { paint, twoBursts } from "./photos.ts";

for (const language of ["en", "ko"] as const) {
  test.describe(language, () => {
    test.use({ language });

    test(`every screen reads well and has no serious finding of axe (${language})`, async ({
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
      await expect(page.locator("html")).toHaveAttribute("lang", language);
      await expect(page.getByRole("button").first()).toBeVisible();
      await check("empty");

      await paint(kiln.folder, twoBursts);
      await kiln.drop([kiln.folder]);
      const grid = page.locator("[data-keys=photos]").first();
      await expect(grid.getByRole("option")).toHaveCount(7);
      await expect(
        grid.getByRole("option", { name: language === "en" ? /Best frame/ : /베스트 컷/ }),
      ).toHaveCount(2);
      await page.keyboard.press("Home");
      await check("grid");

      await page.keyboard.press("e");
      await expect(page.locator("canvas[data-drawn]").first()).toBeVisible();
      await check("loupe");
      await page.keyboard.press("c");
      await expect(page.locator("canvas[data-drawn]")).toHaveCount(2);
      await check("compare");
      await page.keyboard.press("n");
      await check("survey");
      await page.keyboard.press("g");

      for (const [screen, key] of [
        ["jobs", "Control+j"],
        ["palette", "Control+k"],
        ["settings", "Control+,"],
        ["keys", "Shift+?"],
        ["apply", "Control+Enter"],
      ] as const) {
        await page.keyboard.press(key);
        await expect(page.locator("dialog[open], aside").first()).toBeVisible();
        await check(screen);
        await page.keyboard.press("Escape");
      }
    });
  });
}
