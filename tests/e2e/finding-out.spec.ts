import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "./kiln.ts";
import { paint, twoBursts } from "./photos.ts";

for (const language of ["en", "ko"] as const) {
  test.describe(language, () => {
    test.use({ language });

    test(`keys reach the ends, the burst gap and what Enter means; a photo without a time says so (${language})`, async ({
      kiln,
    }, info) => {
      const { page, folder } = kiln;
      await paint(folder, twoBursts);
      await sharp({ create: { width: 900, height: 600, channels: 3, background: "teal" } })
        .jpeg()
        .toFile(join(folder, "ZZZ.JPG"));
      await kiln.drop([folder]);
      const grid = page.locator("[data-keys=photos]").first();
      const photos = grid.getByRole("option");
      await expect(photos).toHaveCount(8);
      await expect(photos.filter({ hasText: /Best frame|베스트 컷/ })).toHaveCount(2);

      await page.keyboard.press("End");
      await expect(photos.last()).toHaveAttribute("data-active", "true");
      await expect(
        page.getByText(/No usable time in the photo|쓸 수 있는 촬영 시각이 없어/),
      ).toBeVisible();
      await page.screenshot({ path: info.outputPath(`no-time-${language}.png`) });
      await page.keyboard.press("e");
      await page.keyboard.press("Home");
      await page.keyboard.press("g");
      await expect(photos.first()).toHaveAttribute("data-active", "true");
      await page.screenshot({ path: info.outputPath(`tiles-${language}.png`) });

      await page.keyboard.press("Shift+G");
      const slider = page.getByRole("slider", { name: /Longest pause|최대 간격/ });
      await expect(slider).toBeFocused();
      // It stands at its button, at the lower edge of the window.
      expect((await slider.boundingBox())?.y).toBeGreaterThan(600);
      await page.screenshot({ path: info.outputPath(`gap-${language}.png`) });
      await page.keyboard.press("Escape");
      await expect(slider).toBeHidden();
      await page.keyboard.press("Shift+G");
      await expect(slider).toBeFocused();
      await page.keyboard.press("Shift+G");
      await expect(slider).toBeHidden();

      await page.keyboard.press("c");
      await expect(page.locator("canvas[data-drawn]")).toHaveCount(2);
      await page.screenshot({ path: info.outputPath(`compare-${language}.png`) });
      await page.keyboard.press("Shift+?");
      const candidate = page.getByText(/The candidate wins|후보의 승리/);
      await candidate.scrollIntoViewIfNeeded();
      await expect(candidate).toBeVisible();
      await page.screenshot({ path: info.outputPath(`keys-${language}.png`) });
    });
  });
}
