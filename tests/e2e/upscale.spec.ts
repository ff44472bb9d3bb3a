import { existsSync, mkdirSync, readdirSync } from "node:fs";
import { join } from "node:path";
import sharp from "sharp";
import { findings } from "./axe.ts";
import { expect, type Kiln, test } from "./kiln.ts";
import { paintPortraits } from "./photos.ts";

const words = {
  en: {
    photos: "Photos",
    best: /Best frame/,
    room: "Upscale",
    start: /^Upscale \d/,
    results: "Results 1",
    view: /^View /,
    divider: "Between before and after",
    side: "Side by side",
    closeUp: "Close-up",
    twice: "×2",
    upscaled: /^Upscaled ×2/,
    choose: "Folder: Choose…",
  },
  ko: {
    photos: "사진",
    best: /베스트 컷/,
    room: "업스케일",
    start: /^\d+장 업스케일/,
    results: "결과 1",
    view: /보기$/,
    divider: "전과 후의 경계",
    side: "나란히",
    closeUp: "확대해 보기",
    twice: "2배",
    upscaled: /^업스케일 ×2/,
    choose: "폴더: 선택…",
  },
} as const;

/** A folder of portraits whose first burst is ranked, its best frame active. */
async function ready(kiln: Kiln, language: "en" | "ko") {
  const { page, folder } = kiln;
  await paintPortraits(folder);
  // Small enough for a network on a processor: one is done soon, the other takes some seconds.
  const original = sharp(join(folder, "IMG_0001.JPG"));
  await original.clone().resize(240).jpeg().toFile(join(folder, "small.jpg"));
  await original.clone().resize(640).jpeg().toFile(join(folder, "medium.jpg"));
  await kiln.drop([folder]);
  const grid = page.getByRole("listbox", { name: words[language].photos });
  await expect(grid.getByRole("option")).toHaveCount(8);
  await expect(grid.getByRole("option", { name: words[language].best }).first()).toBeVisible();
  return { page, grid };
}

for (const language of ["en", "ko"] as const) {
  test.describe(language, () => {
    test.use({ language });

    test(`a photo is made twice as large, and compared with its original by keys (${language})`, async ({
      kiln,
    }, info) => {
      test.slow();
      const text = words[language];
      const { page, grid } = await ready(kiln, language);
      const check = async (screen: string): Promise<void> => {
        await test.step(screen, async () => {
          await page.screenshot({ path: info.outputPath(`${screen}-${language}.png`) });
          expect.soft(await findings(kiln)).toEqual([]);
        });
      };
      await grid.getByRole("option", { name: /small/ }).click();
      await page.keyboard.press("Shift+U");
      const room = page.getByRole("region", { name: text.room, exact: true });
      await expect(room).toBeVisible();
      // The shipped look is tried on this photo.
      await expect(room.locator("[data-done] img").first()).toBeVisible({ timeout: 30_000 });
      await room.getByRole("radio", { name: text.twice }).check();
      const start = room.getByRole("button", { name: text.start });
      await expect(start).toBeEnabled();
      await expect(room.getByText(/480 × 480/)).toBeVisible();
      await check("upscale-make");

      await page.keyboard.press("Control+Enter");
      await expect(page.getByRole("button", { name: text.results })).toBeVisible();
      // What had the focus is gone: the room has it, not the page.
      await expect(room).toBeFocused();
      const view = room.getByRole("button", { name: text.view }).first();
      await expect(view).toBeVisible({ timeout: 45_000 });
      await check("upscale-results");
      const made = join(kiln.libraryDirectory, "upscaled");
      expect(readdirSync(made)).toEqual(["small-general-x4v3-2x.png"]);
      const { width, height } = await sharp(join(made, "small-general-x4v3-2x.png")).metadata();
      expect([width, height]).toEqual([480, 480]);

      await view.press("Enter");
      await expect(page.locator("canvas[data-drawn]")).toHaveCount(2);
      const slider = page.getByRole("slider", { name: text.divider });
      await expect(slider).toHaveAttribute("aria-valuenow", "50");
      await page.keyboard.press("ArrowRight");
      await expect(slider).toHaveAttribute("aria-valuenow", "52");
      await slider.press("Shift+ArrowLeft");
      await slider.press("Home");
      await expect(slider).toHaveAttribute("aria-valuenow", "0");
      await slider.press("Shift+ArrowRight");
      await slider.press("Shift+ArrowRight");
      await slider.press("Shift+ArrowRight");
      await slider.press("Shift+ArrowRight");
      await expect(slider).toHaveAttribute("aria-valuenow", "40");
      await check("upscale-compare");
      const drawn = page.locator("canvas[data-drawn]");
      const whole = await drawn.first().getAttribute("data-drawn");
      await page.keyboard.press("z");
      await page.keyboard.press("Equal");
      await expect(drawn).toHaveCount(2);
      await expect(drawn.first()).not.toHaveAttribute("data-drawn", whole ?? "");
      await check("upscale-compare-zoomed");
      await page.getByRole("button", { name: text.side }).click();
      await expect(page.locator("canvas[data-drawn]")).toHaveCount(2);
      await check("upscale-compare-side");

      // Back to the results, back to the grid.
      await page.keyboard.press("Escape");
      await expect(view).toBeVisible();
      await page.keyboard.press("Escape");
      await expect(grid).toBeVisible();

      // The photo knows its result, in the panel and in the loupe.
      await page.keyboard.press("e");
      await expect(page.locator("canvas[data-drawn]")).toBeVisible();
      await expect(page.getByRole("complementary").getByText("×2 0.2 MP")).toBeVisible();
      await check("upscale-loupe");
      await page.getByRole("button", { name: text.upscaled }).click();
      await expect(page.locator("canvas[data-drawn]")).toHaveCount(2);
      await page.keyboard.press("Escape");
      await expect(page.getByRole("button", { name: text.upscaled })).toBeVisible();
    });
  });
}

test("a batch is paused and goes on; what is there already is left out the next time", async ({
  kiln,
}) => {
  test.slow();
  const { page, grid } = await ready(kiln, "en");
  const target = join(kiln.home, "larger");
  mkdirSync(target);
  await grid.getByRole("option", { name: /medium/ }).click();
  await page.keyboard.press("Shift+U");
  const room = page.getByRole("region", { name: "Upscale", exact: true });
  await room.getByRole("radio", { name: "×2" }).check();
  await kiln.chooseFolder(target, () =>
    room.getByRole("button", { name: words.en.choose }).press("Enter"),
  );
  await expect(room.getByRole("button", { name: "Upscale 1 photo" })).toBeEnabled();
  await page.keyboard.press("Control+Enter");
  await room.getByRole("button", { name: "Pause" }).click();
  const goOn = room.getByRole("button", { name: "Go on" });
  await expect(goOn).toBeVisible();
  expect(readdirSync(target)).toEqual([]);
  await goOn.click();
  await expect
    .poll(() => existsSync(join(target, "medium-general-x4v3-2x.png")), { timeout: 60_000 })
    .toBe(true);
  await expect(room.getByRole("button", { name: "View medium-general-x4v3-2x.png" })).toBeVisible();

  await room.getByRole("button", { name: "Make larger" }).click();
  await expect(room.getByText("1 photo is left out")).toBeVisible();
  await expect(room.getByRole("button", { name: "Upscale", exact: true })).toBeDisabled();

  // The result goes to the trash; its original stays.
  await room.getByRole("button", { name: "Results 1" }).click();
  await room.getByRole("button", { name: "View medium-general-x4v3-2x.png" }).click();
  await page.keyboard.press("Delete");
  const question = page.getByRole("dialog", { name: /Move medium-general-x4v3-2x\.png/ });
  await question.getByRole("button", { name: "Cancel" }).press("Enter");
  await expect(question).toBeHidden();
  expect(existsSync(join(target, "medium-general-x4v3-2x.png"))).toBe(true);
});

test("a damaged model is refused by name, and the looks at hand stay", async ({ kiln }) => {
  const { page, grid } = await ready(kiln, "en");
  await grid.getByRole("option", { name: /small/ }).click();
  await page.keyboard.press("Shift+U");
  const room = page.getByRole("region", { name: "Upscale", exact: true });
  await expect(room.getByRole("radio", { name: /general/i })).toBeChecked();
  const broken = join(kiln.home, "broken.pth");
  await sharp({ create: { width: 8, height: 8, channels: 3, background: "#123" } })
    .png()
    .toFile(broken);
  await kiln.drop([broken]);
  await expect(room.getByRole("status").getByText("broken.pth")).toBeVisible();
  await expect(room.getByRole("radio", { name: /general/i })).toBeChecked();
});

test("a number out of range stays as it was typed, says what goes, and nothing is begun", async ({
  kiln,
}) => {
  const { page, grid } = await ready(kiln, "en");
  await grid.getByRole("option", { name: /small/ }).click();
  await page.keyboard.press("Shift+U");
  const room = page.getByRole("region", { name: "Upscale", exact: true });
  await room.getByRole("radio", { name: "Scale" }).check();
  const times = room.getByRole("spinbutton", { name: "Times the original" });
  const start = room.getByRole("button", { name: /^Upscale/ });
  await times.fill("17");
  await expect(room.getByText("From 1 to 16")).toBeVisible();
  await expect(start).toBeDisabled();
  await page.keyboard.press("Control+Enter");
  await page.keyboard.press("Tab");
  await expect(times).toHaveValue("17");
  await expect(room.getByRole("button", { name: "Results", exact: true })).toBeVisible();
  // Beyond what the model makes in one go, and said so.
  await times.fill("6");
  await expect(room.getByText(/it runs twice for this size/)).toBeVisible();
  await expect(start).toBeEnabled();
  await room.getByRole("textbox", { name: "File names" }).fill("");
  await expect(room.getByText("Say how the files are to be called.")).toBeVisible();
  await expect(start).toBeDisabled();
  await room.getByRole("button", { name: "name", exact: true }).click();
  await expect(room.getByText("small.png")).toBeVisible();
  await expect(start).toBeEnabled();
});
