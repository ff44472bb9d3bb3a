import type { Page } from "@playwright/test";

/** Waits in the open job drawer until a folder of `photos` has been read; a reading that failed is an error here, too. */
export async function readingDone(page: Page, photos: number): Promise<void> {
  const done = page.getByText(new RegExp(`^${photos.toLocaleString("en")} photos in`)).first();
  const retry = page.getByRole("button", { name: "Retry", exact: true }).first();
  await done.or(retry).first().waitFor({ timeout: 7_200_000 });
  if (await done.isVisible()) return;
  throw new Error(`The reading failed:\n${await page.locator("body").innerText()}`);
}
