import { existsSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type Kiln, test } from "./kiln.ts";
import { paint, twoBursts } from "./photos.ts";

/** Where the photos are that Kiln writes beside: a page without paths has copies made in the library. */
function photosOf({ hostName, folder, libraryDirectory }: Kiln): string {
  if (hostName !== "chromium") return folder;
  const entries = readdirSync(libraryDirectory, { recursive: true, withFileTypes: true });
  return entries.find(({ name }) => name === "IMG_0007.JPG")?.parentPath ?? "";
}

for (const language of ["en", "ko"] as const) {
  test.describe(language, () => {
    test.use({ language });

    test(`a sidecar that can't be written is listed with why until it can be; undo takes Kiln's own away (${language})`, async ({
      kiln,
    }, info) => {
      const { page, folder } = kiln;
      const [first] = twoBursts;
      if (first === undefined) throw new Error("There is no frame.");
      await paint(folder, [first, ...twoBursts.slice(6)]);
      writeFileSync(join(folder, "IMG_0001.xmp"), "<x:xmpmeta");
      await kiln.drop([folder]);
      const grid = page.locator("[data-keys=photos]").first();
      await expect(grid.getByRole("option")).toHaveCount(2);
      const beside = photosOf(kiln);
      await page.keyboard.press("Control+,");
      await page.getByRole("checkbox", { name: /sidecars|사이드카/ }).check();
      await page.keyboard.press("Escape");
      const [unwritten, undone] =
        language === "en"
          ? ["1 decision is in no sidecar", /^Undone/]
          : ["사이드카에 쓰지 못한 결정 1개", /^실행 취소/];

      await page.keyboard.press("End");
      await page.keyboard.press("4");
      await expect.poll(() => existsSync(join(beside, "IMG_0007.xmp"))).toBe(true);
      await page.keyboard.press("5");
      await page.keyboard.press("Control+z");
      await page.keyboard.press("Control+z");
      await expect.poll(() => existsSync(join(beside, "IMG_0007.xmp"))).toBe(false);
      await expect(page.getByRole("status").getByText(undone)).toHaveCount(1);

      await page.keyboard.press("Home");
      await page.keyboard.press("5");
      await expect(page.getByRole("status")).toContainText(
        language === "en" ? "Repair, rename or delete the sidecar" : "사이드카를 고치거나",
      );
      await page.keyboard.press("Control+,");
      const list = page.getByRole("region", { name: unwritten });
      await expect(list.getByRole("listitem")).toContainText(["IMG_0001"]);
      await list.scrollIntoViewIfNeeded();
      await page.screenshot({ path: info.outputPath(`unwritten-${language}.png`) });
      rmSync(join(beside, "IMG_0001.xmp"));
      await list.getByRole("button", { name: /^Write sidecars|사이드카 쓰기/ }).click();
      await expect(list).toHaveCount(0);
      // The list has another name while more of the folder waits to be written.
      await expect.poll(() => existsSync(join(beside, "IMG_0001.xmp"))).toBe(true);
    });

    test(`a photo whose sidecar's name another has says so, and whose it is (${language})`, async ({
      kiln,
    }, info) => {
      const { page, folder } = kiln;
      await paint(folder, [
        { name: "P4.jpeg", at: 0, blur: 0, scene: 1 },
        { name: "P4.JPG", at: 600_000, blur: 0, scene: 2 },
      ]);
      await kiln.drop([folder]);
      await expect(page.locator("[data-keys=photos]").first().getByRole("option")).toHaveCount(2);
      await page.keyboard.press("Control+,");
      await page.getByRole("checkbox", { name: /sidecars|사이드카/ }).check();
      await page.keyboard.press("Escape");
      const panel = page.getByRole("complementary");
      const reason = panel.getByText(
        language === "en"
          ? "The sidecar “P4.xmp” belongs to “P4.jpeg”, so that decisions on “P4.JPG” are in none."
          : "사이드카 ‘P4.xmp’은(는) ‘P4.jpeg’의 것이라서 ‘P4.JPG’의 결정은 어느 사이드카에도 없습니다.",
      );
      await page.keyboard.press("End");
      await page.keyboard.press("4");
      await expect(reason).toBeVisible();
      await page.screenshot({ path: info.outputPath(`in-no-sidecar-${language}.png`) });
      await page.keyboard.press("Home");
      await expect(panel.getByRole("heading", { name: "P4.jpeg" })).toBeVisible();
      await expect(reason).toHaveCount(0);
      // A decision goes on to the next photo.
      await page.keyboard.press("3");
      await expect(reason).toBeVisible();
      // Taken back, there is nothing that a sidecar could say.
      await page.keyboard.press("0");
      await expect(reason).toHaveCount(0);
    });
  });
}
