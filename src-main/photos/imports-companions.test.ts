/** Imports of what is more than a picture: sidecars, ratings inside, RAWs. */
import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import sharp from "sharp";
import { expect, test } from "vitest";
import { updateSidecar } from "../xmp/index.ts";
import { Media } from "./media.ts";
import { openReadingLibrary } from "./reading.fixture.ts";
import { takeJpeg, takePhotos, temporaryFolder } from "./takes.fixture.ts";
import { makeRaw } from "./worker/raw/raw-fixture.ts";

test("sidecars beside the photos have their say, a broken one stops nothing, and the job says so", async () => {
  const library = await openReadingLibrary();
  const folder = await temporaryFolder();
  await takePhotos(folder, { "A1.jpg": { at: 0 }, "B1.jpg": { at: 100, scene: 2 } });
  const sidecar = updateSidecar(null, { rating: 4, label: "Blue" }, "A1.xmp");
  await writeFile(join(folder, "A1.xmp"), sidecar);
  await writeFile(join(folder, "B1.xmp"), "<x:xmpmeta");
  const started = await library.imports.inPlace([folder]);
  const { message } = await library.finished(started);
  expect(message.en).toContain("1 photo rated by sidecars, 1 sidecar not read");
  const rows = library.photos.changes(started.rootId, 0);
  expect(rows.find(({ name }) => name === "A1.jpg")).toMatchObject({ stars: 4, label: "blue" });
  expect(await readFile(join(folder, "B1.xmp"), "utf8")).toBe("<x:xmpmeta");
});

test("a rating inside a photo comes in once, and never over a decision", async () => {
  const library = await openReadingLibrary();
  const folder = await temporaryFolder();
  const rated = async (name: string, rating: number): Promise<void> => {
    const xmp = `<x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmp:Rating="${rating}"/></rdf:RDF></x:xmpmeta>`;
    await sharp(await takeJpeg())
      .withXmp(xmp)
      .toFile(join(folder, name));
  };
  await rated("three.jpg", 3);
  await rated("reject.jpg", -1);
  await rated("none.jpg", 0);
  const root = await library.drop(folder);
  const standing = (): Record<string, string> =>
    Object.fromEntries(
      library.photos.changes(root, 0).map(({ name, stars, flag }) => [name, `${stars} ${flag}`]),
    );
  expect(standing()).toEqual({
    "none.jpg": "0 none",
    "reject.jpg": "0 reject",
    "three.jpg": "3 none",
  });

  library.database.sql.exec("UPDATE photos SET stars = 1 WHERE name = 'three.jpg'");
  await rated("three.jpg", 5);
  await library.drop(folder);
  expect(standing()["three.jpg"]).toBe("1 none");
});

test("a sidecar that can't be read and RAWs that share one are told in one line that reads well", async () => {
  const library = await openReadingLibrary();
  const folder = await temporaryFolder();
  await writeFile(join(folder, "A.CR2"), (await makeRaw("cr2")).bytes);
  await writeFile(join(folder, "A.DNG"), (await makeRaw("dng")).bytes);
  await writeFile(join(folder, "A.xmp"), "hello");
  const { message } = await library.finished(await library.imports.inPlace([folder]));
  expect(message.en).toMatch(/“A.xmp” .+ XMP, RAWs that share one sidecar's name: A.CR2 \+ A.DNG$/);
  expect(message.ko).toMatch(/‘A.xmp’.+다, 사이드카 이름이 같은 RAW: A.CR2 \+ A.DNG$/);
});

test("a RAW is a photo; a RAW and its JPEG are one, and what is shown of a RAW is a picture", async () => {
  const library = await openReadingLibrary();
  const folder = await temporaryFolder();
  const { bytes } = await makeRaw("cr2");
  await writeFile(join(folder, "alone.CR2"), bytes);
  await writeFile(join(folder, "pair.CR2"), bytes);
  await writeFile(join(folder, "pair.JPG"), await takeJpeg({ at: 100 }));
  await writeFile(join(folder, "alone.dng"), (await makeRaw("dng")).bytes);
  const started = await library.imports.inPlace([folder]);
  const { message } = await library.finished(started);
  expect(message.en).toContain("RAWs that share one sidecar's name: alone.CR2 + alone.dng");
  const root = started.rootId;
  const rows = library.photos.changes(root, 0);
  expect(
    rows.map(({ name, hasRaw, hasPicture, state }) => [name, hasRaw, hasPicture, state]),
  ).toEqual(
    expect.arrayContaining([
      ["alone.CR2", true, false, "measured"],
      ["pair.JPG", true, true, "measured"],
    ]),
  );
  expect(rows).toHaveLength(3);
  const media = new Media(library);
  for (const { id } of rows) {
    const shown = await media.open("photo", id, 512, new AbortController().signal);
    expect(shown?.contentType).toBe("image/jpeg");
    expect((await sharp(shown?.path).metadata()).format).toBe("jpeg");
  }
});
