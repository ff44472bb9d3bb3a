import { spawnSync } from "node:child_process";
import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { KilnError } from "../errors.ts";
import { cardHolding } from "../library/index.ts";
import { canBeNobody, nobody } from "../nobody.fixture.ts";
import { loadSidecar, type SidecarValues, sidecarNames, sidecarOf, writeSidecar } from "./index.ts";

const now = new Date("2026-11-21T12:00:00Z");
const ports = { cardHolding: async () => null, now: () => now };

function folder(): string {
  const path = mkdtempSync(join(tmpdir(), "kiln-xmp-"));
  onTestFinished(() => rmSync(path, { recursive: true, force: true }));
  return path;
}

function copyOfFixture(name: string): string {
  const path = join(folder(), name);
  writeFileSync(path, readFileSync(join(import.meta.dirname, "fixtures", name)));
  return path;
}

async function codeOf(work: Promise<unknown>): Promise<string> {
  try {
    await work;
    return "none";
  } catch (error) {
    if (error instanceof KilnError) return error.code;
    throw error;
  }
}

test("what Kiln made goes when all of it is taken back, and nothing else does", async () => {
  const today = { cardHolding: ports.cardHolding };
  const made = async (values: SidecarValues = { rating: 4, label: "Red" }): Promise<string> => {
    const path = join(folder(), "a.xmp");
    await writeSidecar(path, values, today);
    return path;
  };
  const nothing = { rating: 0, label: null };
  const gone = await made();
  expect(await writeSidecar(gone, nothing, today)).toBeNull();
  expect(readdirSync(join(gone, ".."))).toEqual([]);

  const stillSays = await made();
  expect(await writeSidecar(stillSays, { rating: 0 }, today)).not.toBeNull();

  const touched = await made();
  const later = new Date(Date.now() + 10_000);
  utimesSync(touched, later, later);
  expect(await writeSidecar(touched, nothing, today)).not.toBeNull();

  const reformatted = await made();
  writeFileSync(
    reformatted,
    readFileSync(reformatted, "utf8").replace('tk="Kiln">', 'tk="Kiln" >'),
  );
  expect(await writeSidecar(reformatted, nothing, today)).not.toBeNull();

  const foreign = await made();
  writeFileSync(
    foreign,
    readFileSync(foreign, "utf8").replace("<rdf:Description", '<rdf:Description xmp:Nickname="x"'),
  );
  expect(await writeSidecar(foreign, nothing, today)).not.toBeNull();

  const target = await made();
  const link = join(folder(), "b.xmp");
  symlinkSync(target, link);
  expect(await writeSidecar(link, nothing, today)).not.toBeNull();
  expect(readdirSync(join(target, ".."))).toEqual(["a.xmp"]);

  const locked = await made();
  chmodSync(locked, 0o444);
  expect(await codeOf(writeSidecar(locked, nothing, today))).toBe("sidecar-locked");
});

test("a sidecar is made, changed, and left when nothing changes; no other file appears", async () => {
  const path = join(folder(), "사진.xmp");
  expect(await loadSidecar(path)).toBeNull();
  expect(await writeSidecar(path, { rating: 0, label: null }, ports)).toBeNull();
  const first = await writeSidecar(path, { rating: 4, label: "Green" }, ports);
  const loaded = await loadSidecar(path);
  expect(loaded).toMatchObject({ ...first });
  expect(loaded && sidecarOf(path, loaded)).toMatchObject({ rating: 4, label: "Green" });
  expect(await writeSidecar(path, { rating: 4, label: "Green" }, ports)).toMatchObject({
    ...first,
  });
  await writeSidecar(path, { rating: -1 }, ports);
  expect(readFileSync(path, "utf8")).toContain('xmp:Rating="-1"');
  expect(readdirSync(join(path, ".."))).toEqual(["사진.xmp"]);
});

test("what a crash left of a write goes with the next; permissions stay", async () => {
  const path = copyOfFixture("lightroom.xmp");
  chmodSync(path, 0o640);
  writeFileSync(join(path, "..", ".lightroom.xmp.kiln-part"), "half");
  await writeSidecar(path, { rating: 1 }, ports);
  expect(readdirSync(join(path, ".."))).toEqual(["lightroom.xmp"]);
  expect(statSync(path).mode & 0o777).toBe(process.platform === "win32" ? 0o666 : 0o640);
});

test("a link stays a link, and the file behind it is written", async () => {
  const path = copyOfFixture("lightroom.xmp");
  const link = join(folder(), "link.xmp");
  symlinkSync(path, link);
  await writeSidecar(link, { rating: 1 }, ports);
  expect(readFileSync(path, "utf8")).toContain('xmp:Rating="1"');
  expect(readFileSync(link, "utf8")).toContain('xmp:Rating="1"');
  expect(readdirSync(join(link, ".."), { withFileTypes: true })[0]?.isSymbolicLink()).toBe(true);
});

test("broken, foreign and huge files are refused, and stay as they are", async () => {
  const files: Record<string, [string, string]> = {
    "broken.xmp": ["<x:xmpmeta", "sidecar-broken"],
    "empty.xmp": ["", "sidecar-not-xmp"],
    "diary.xmp": ["Dear diary", "sidecar-not-xmp"],
    "huge.xmp": [" ".repeat(10 * 1024 * 1024 + 1), "sidecar-too-large"],
  };
  const place = folder();
  for (const [name, [content, code]] of Object.entries(files)) {
    const path = join(place, name);
    writeFileSync(path, content);
    expect(await codeOf(writeSidecar(path, { rating: 3 }, ports)), name).toBe(code);
    expect(readFileSync(path, "utf8")).toBe(content);
  }
  mkdirSync(join(place, "folder.xmp"));
  const code = await codeOf(writeSidecar(join(place, "folder.xmp"), { rating: 3 }, ports));
  expect(code).toBe("sidecar-not-xmp");
  expect(readdirSync(place).toSorted()).toEqual([...Object.keys(files), "folder.xmp"].toSorted());
});

test("a read-only sidecar is locked; a folder that is gone is said to be", async () => {
  const path = copyOfFixture("lightroom.xmp");
  const before = readFileSync(path, "utf8");
  chmodSync(path, 0o444);
  expect(await codeOf(writeSidecar(path, { rating: 3 }, ports))).toBe("sidecar-locked");
  expect(readFileSync(path, "utf8")).toBe(before);
  const gone = join(folder(), "gone", "a.xmp");
  expect(await codeOf(writeSidecar(gone, { rating: 3 }, ports))).toBe("sidecar-folder-missing");
});

test.skipIf(!canBeNobody)("without permission nothing is written, and it is said", () => {
  const place = folder();
  chmodSync(place, 0o755);
  const asNobody = (name: string): string =>
    spawnSync(
      process.execPath,
      [join(import.meta.dirname, "write-child.fixture.ts"), join(place, name)],
      { ...nobody, encoding: "utf8" },
    ).stdout;
  expect(asNobody("new.xmp")).toBe("sidecar-folder-read-only");
  writeFileSync(join(place, "secret.xmp"), "secret", { mode: 0o600 });
  expect(asNobody("secret.xmp")).toBe("sidecar-unreadable");
  expect(readdirSync(place)).toEqual(["secret.xmp"]);
});

test("a camera's card is never written to", async () => {
  const card = folder();
  mkdirSync(join(card, "DCIM"));
  const path = join(card, "a.xmp");
  const onCard = { ...ports, cardHolding: (at: string) => cardHolding(at, async () => card) };
  expect(await codeOf(writeSidecar(path, { rating: 3 }, onCard))).toBe("sidecar-on-card");
  expect(readdirSync(card)).toEqual(["DCIM"]);
});

test("what another program writes meanwhile is kept", async () => {
  const path = copyOfFixture("lightroom.xmp");
  const meanwhile = {
    ...ports,
    cardHolding: async () => {
      writeFileSync(path, "<theirs/>");
      return null;
    },
  };
  expect(await codeOf(writeSidecar(path, { rating: 3 }, meanwhile))).toBe("sidecar-changed");
  expect(readFileSync(path, "utf8")).toBe("<theirs/>");
  const fresh = join(path, "..", "fresh.xmp");
  const appearing = {
    ...ports,
    cardHolding: async () => {
      writeFileSync(fresh, "<theirs/>");
      return null;
    },
  };
  expect(await codeOf(writeSidecar(fresh, { rating: 3 }, appearing))).toBe("sidecar-changed");
  expect(readFileSync(fresh, "utf8")).toBe("<theirs/>");
});

test("names: NAME.xmp as it is spelled there, darktable's where they are", () => {
  const files = ["IMG_1.JPG", "IMG_1.CR2"];
  const alone = () => [];
  expect(sidecarNames(files, [], true, alone)).toEqual({ shared: "IMG_1.xmp", darktable: [] });
  const present = ["img_1.XMP", "IMG_1.CR2.xmp", "IMG_10.CR2.xmp"];
  expect(sidecarNames(files, present, true, () => ["IMG_10.CR2"])).toEqual({
    shared: "img_1.XMP",
    darktable: ["IMG_1.CR2.xmp"],
  });
  const shared = ["IMG_1.xmp", "IMG_1.dng.xmp"];
  expect(sidecarNames(["IMG_1.DNG"], shared, false, () => ["IMG_1.CR2"])).toEqual({
    shared: null,
    darktable: ["IMG_1.dng.xmp"],
  });
});

test.each([
  ["the exact one before others", "a.jpg", ["A.xmp", "a.XMP", "a.xmp"], [], "a.xmp"],
  ["XMP in capitals is exact, too", "a.jpg", ["A.xmp", "a.XMP"], [], "a.XMP"],
  ["another case's where nobody else could mean it", "a.jpg", ["A.xmp"], ["B.JPG"], "A.xmp"],
  ["not that of the photo it is named after", "a.jpg", ["A.xmp"], ["A.JPG"], "a.xmp"],
  ["not one that two photos could mean", "aB.jpg", ["ab.xmp"], ["Ab.jpg"], "aB.xmp"],
])("names in two letter cases: %s", (_, photo, present, others, shared) => {
  expect(sidecarNames([photo], present, true, () => others).shared).toBe(shared);
});

test("darktable's of a photo in other letters is that photo's", () => {
  const names = (others: string[]) => sidecarNames(["a.jpg"], ["A.JPG.xmp"], true, () => others);
  expect(names([]).darktable).toEqual(["A.JPG.xmp"]);
  expect(names(["A.JPG"]).darktable).toEqual([]);
});
