import { truncate } from "node:fs/promises";
import { join } from "node:path";
import { expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import { inference, openReadingLibrary } from "./reading.fixture.ts";
import { takePhotos, temporaryFolder } from "./takes.fixture.ts";

/** Three frames of one moment. */
async function burstFolder(): Promise<string> {
  const folder = await temporaryFolder();
  await takePhotos(folder, {
    "A1.jpg": { at: 0, scene: 1, blur: 2 },
    "A2.jpg": { at: 0.3, scene: 1 },
    "A3.jpg": { at: 0.6, scene: 1, blur: 1 },
  });
  return folder;
}

test("faces are looked for everywhere in a burst's first frame, and where it showed some in the others", async () => {
  const library = await openReadingLibrary();
  await library.drop(await burstFolder());
  expect(library.images.searches).toEqual({ "A1.jpg": "everywhere", "A2.jpg": [], "A3.jpg": [] });
});

test("where the first frame can't be read, the others are searched everywhere", async () => {
  const library = await openReadingLibrary();
  const folder = await burstFolder();
  await truncate(join(folder, "A1.jpg"), 6000);
  const root = await library.drop(folder);
  expect(Object.keys(library.skipped(root))).toEqual(["A1.jpg"]);
  expect(library.images.searches).toMatchObject({ "A2.jpg": "everywhere", "A3.jpg": "everywhere" });
});

test("where the face finder dies of the first frame, nothing is known of that one, and the others are searched", async () => {
  const died = new KilnError("worker-died", { en: "", ko: "" }, { en: "", ko: "" });
  const library = await openReadingLibrary(undefined, {
    run: (method, input, options) =>
      input.photo === "A1.jpg" ? Promise.reject(died) : inference.run(method, input, options),
  });
  const root = await library.drop(await burstFolder());
  expect(library.images.searches).toMatchObject({ "A2.jpg": "everywhere", "A3.jpg": "everywhere" });
  const found = library.readings
    .inState(root, ["measured"])
    .map(({ identity }) => library.faces.get(identity));
  expect(found.filter((faces) => faces === null)).toHaveLength(1);
});
