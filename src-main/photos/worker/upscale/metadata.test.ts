/** What goes along with the pixels, as another program reads it: ExifTool makes the photos, and looks at the results. */
import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { exiftoolPath } from "exiftool-vendored";
import fc from "fast-check";
import sharp from "sharp";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { z } from "zod";
import { outputFormats } from "../../../upscale/output-limits.ts";
import { type Bench, BUILDS, createBench } from "../photo-fixture.ts";
import { ASCII, exifBlock, LONG, SHORT } from "../raw/raw-fixture.ts";
import { changeExif, exifExtent, exifFields } from "./exif-block.ts";
import { changeXmp } from "./xmp-packet.ts";

sharp.cache(false);

const run = promisify(execFile);
const exiftool = await exiftoolPath();

type Tags = Readonly<Record<string, unknown>>;

async function tagsOf(path: string): Promise<Tags> {
  const { stdout } = await run(exiftool, [
    "-json",
    "-G1",
    "-n",
    "-a",
    "-all:all",
    "-validate",
    path,
  ]);
  return z.array(z.record(z.string(), z.unknown())).parse(JSON.parse(stdout))[0] ?? {};
}

describe.each(BUILDS)("with sharp's %s build", (build) => {
  let bench: Bench;

  beforeAll(() => {
    bench = createBench(build);
  });
  afterAll(() => bench.close());

  describe.each(["II", "MM"])("of a photo in byte order %s", (order) => {
    beforeAll(async () => {
      const path = bench.at("photo.jpg");
      const picture = {
        create: { width: 60, height: 40, channels: 3, background: "teal" },
      } as const;
      await sharp(picture).jpeg().toFile(path);
      await sharp(picture).resize(16).jpeg().toFile(bench.at("thumbnail.jpg"));
      await run(exiftool, [
        "-overwrite_original",
        `-ExifByteOrder=${order}`,
        "-Make=Kiln",
        "-Model=Kiln 1",
        "-Orientation#=6",
        "-XResolution=240",
        "-YResolution=240",
        "-ResolutionUnit=inches",
        "-DateTimeOriginal=2026:11:21 10:00:00",
        "-ExposureTime=1/250",
        "-FNumber=2.8",
        "-LensModel=Kiln 35mm",
        "-UserComment=제주에서",
        "-ExifImageWidth=60",
        "-ExifImageHeight=40",
        "-EXIF:GPSLatitude=33.5",
        "-EXIF:GPSLatitudeRef=N",
        "-EXIF:GPSLongitude=126.5",
        "-EXIF:GPSLongitudeRef=E",
        "-IPTC:Caption-Abstract=A caption",
        "-IPTC:Keywords=one",
        "-IPTC:Keywords=two",
        "-XMP-xmp:Nickname=제주",
        "-XMP-tiff:Orientation#=6",
        "-XMP-exif:ExifImageWidth=60",
        "-XMP-exif:GPSLatitude=33.5",
        `-ThumbnailImage<=${bench.at("thumbnail.jpg")}`,
        path,
      ]);
      const before = await tagsOf(path);
      expect(before["IFD1:ThumbnailLength"]).toBeGreaterThan(100);
      await bench.pool.run("rasterise", { path, directory: bench.at("work"), rotation: 0 });
    });

    test.each(outputFormats)("%s says all of it, and what has changed", async (format) => {
      const { tags, leftOut } = await encoded(format, "all");
      expect(tags).toMatchObject({
        "IFD0:Make": "Kiln",
        "IFD0:Model": "Kiln 1",
        "ExifIFD:ExposureTime": 0.004,
        "ExifIFD:FNumber": 2.8,
        "ExifIFD:LensModel": "Kiln 35mm",
        "ExifIFD:UserComment": "제주에서",
        "ExifIFD:DateTimeOriginal": "2026:11:21 10:00:00",
        "ExifIFD:ExifImageWidth": 40,
        "ExifIFD:ExifImageHeight": 60,
        "GPS:GPSLatitude": 33.5,
        "GPS:GPSLongitude": 126.5,
        "XMP-xmp:Nickname": "제주",
        "XMP-tiff:Orientation": 1,
        "XMP-exif:ExifImageWidth": 40,
        "XMP-exif:GPSLatitude": 33.5,
      });
      expect(tags["IFD0:Orientation"]).toBe(1);
      expect([tags["IFD0:XResolution"], tags["IFD0:YResolution"]]).toEqual([240, 240]);
      expect(Object.keys(tags).filter((name) => /IFD1|Thumbnail/.test(name))).toEqual([]);
      expect(tags["ExifTool:Error"]).toBeUndefined();
      const holdsIptc = format === "jpeg" || format === "tiff";
      expect(leftOut).toEqual(holdsIptc ? [] : ["iptc"]);
      if (holdsIptc) {
        expect(tags["IPTC:Caption-Abstract"]).toBe("A caption");
        expect(tags["IPTC:Keywords"]).toEqual(["one", "two"]);
      }
    });

    test.each(outputFormats)("%s without the place says nothing of it", async (format) => {
      const { tags, bytes } = await encoded(format, "without-gps");
      expect(tags).toMatchObject({ "IFD0:Make": "Kiln", "XMP-xmp:Nickname": "제주" });
      expect(tags["ExifIFD:LensModel"]).toBe("Kiln 35mm");
      expect(Object.keys(tags).filter((name) => /GPS/.test(name))).toEqual([]);
      expect(bytes).not.toMatch(/GPS/);
      expect(tags["ExifTool:Error"]).toBeUndefined();
    });

    test.each(outputFormats)("%s with nothing says nothing", async (format) => {
      const { tags, bytes } = await encoded(format, "none");
      expect(Object.keys(tags).filter((name) => /^(XMP|IPTC|GPS)/.test(name))).toEqual([]);
      expect(bytes).not.toMatch(/Kiln|GPS|caption/);
    });
  });

  async function encoded(
    format: (typeof outputFormats)[number],
    metadata: "all" | "without-gps" | "none",
  ): Promise<{ tags: Tags; leftOut: readonly string[]; bytes: string }> {
    const file = bench.at(`result.${format === "tiff" ? "tif" : format}`);
    const raster = await bench.pool.run("rasterise", {
      path: bench.at("photo.jpg"),
      directory: bench.at("work"),
      rotation: 0,
    });
    const { leftOut } = await bench.pool.run("encode", {
      raster: raster.raster,
      directory: bench.at("work"),
      file,
      format,
      quality: 90,
      width: 40,
      height: 60,
      resample: "lanczos3",
      density: null,
      metadata,
    });
    const { stdout } = await run("cat", [file], { encoding: "latin1", maxBuffer: 2 ** 26 });
    return { tags: await tagsOf(file), leftOut, bytes: stdout };
  }

  test("a density that is asked for is said everywhere that has one", async () => {
    const path = bench.at("plain.png");
    await sharp({ create: { width: 9, height: 9, channels: 3, background: "red" } })
      .png()
      .toFile(path);
    const directory = bench.at("plain");
    const { raster } = await bench.pool.run("rasterise", { path, directory, rotation: 0 });
    for (const format of ["jpeg", "png", "tiff"] as const) {
      const file = bench.at(`plain-result.${format}`);
      const size = { width: 9, height: 9, quality: 90, resample: "nearest" } as const;
      const asked = { density: 300, metadata: "all" } as const;
      await bench.pool.run("encode", { raster, directory, file, format, ...size, ...asked });
      expect((await sharp(file).metadata()).density).toBe(300);
    }
  });
});

describe("an EXIF block", () => {
  const note = Buffer.from("a maker's own words, with offsets that count from the block");
  const block = exifBlock(
    [
      [0x0100, SHORT, [60]],
      [0x010f, ASCII, "Kiln"],
      [0x0112, SHORT, [6]],
    ],
    [
      [0xa002, SHORT, [60]],
      [0xa003, LONG, [40]],
    ],
    note,
  );
  const change = { width: 100_000, height: 400, density: 300, keepGps: false };

  test("keeps its maker note where it is", () => {
    const changed = changeExif(block, change);
    expect(changed?.indexOf(note)).toBe(block.indexOf(note));
    const fields = exifFields(changed ?? Buffer.of());
    const number = (tag: number): number | undefined =>
      [...(fields?.image ?? []), ...(fields?.photo ?? [])]
        .find((one) => one.tag === tag)
        ?.value.readUIntLE(0, 2);
    expect(number(0xa003)).toBe(400);
    // Too many for two bytes: the field has four now.
    expect(fields?.photo.find(({ tag }) => tag === 0xa002)?.value.readUInt32LE(0)).toBe(100_000);
  });

  test("that is damaged is left out, whatever the damage", () => {
    expect(changeExif(Buffer.from("Exif\0\0"), change)).toBeNull();
    expect(changeExif(Buffer.from("II*\0\xff\xff\xff\xff", "latin1"), change)).toBeNull();
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.nat(block.length - 1), fc.nat(255)), { minLength: 1, maxLength: 20 }),
        fc.nat(block.length),
        (flips, cut) => {
          const damaged = Buffer.from(block);
          for (const [at, value] of flips) damaged[at] = value;
          const part = damaged.subarray(0, cut < 40 ? block.length : cut);
          const changed = changeExif(part, change);
          if (changed === null) return;
          // What is written can be read again, and has no more than was there but for the density.
          expect(exifExtent(changed)).toBeLessThanOrEqual(changed.length + 1);
          expect(changed.length).toBeLessThanOrEqual(2 * part.length + 64);
          exifFields(changed);
        },
      ),
      { seed: 20_261_121, numRuns: process.env.KILN_PROOFS === "1" ? 100_000 : 5_000 },
    );
  });
});

describe("an XMP packet", () => {
  const change = { width: 8000, height: 6000, keepGps: false };
  const packet = (body: string, attributes = ""): Buffer =>
    Buffer.from(
      `<?xpacket begin="\uFEFF" id="W5M0MpCehiHzreSzNTczkc9d"?><x:xmpmeta xmlns:x="adobe:ns:meta/"><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"><rdf:Description rdf:about="" xmlns:t="http://ns.adobe.com/tiff/1.0/" xmlns:exif="http://ns.adobe.com/exif/1.0/" xmlns:xmp="http://ns.adobe.com/xap/1.0/" xmlns:crs="http://ns.adobe.com/camera-raw-settings/1.0/"${attributes}>${body}</rdf:Description></rdf:RDF></x:xmpmeta>${" ".repeat(2000)}<?xpacket end="w"?>`,
    );

  test("is mended under whatever prefix, as attribute or as element", () => {
    const text = changeXmp(
      packet("<t:ImageWidth>4000</t:ImageWidth>", ` t:Orientation='8' exif:PixelYDimension="3000"`),
      change,
    );
    expect(text).toContain('t:Orientation="1"');
    expect(text).toContain("<t:ImageWidth>8000</t:ImageWidth>");
    expect(text).toContain('exif:PixelYDimension="6000"');
  });

  test("loses places and thumbnails, its padding, and nothing else", () => {
    const kept = "<crs:ToneCurve><rdf:Seq><rdf:li>0, 0</rdf:li></rdf:Seq></crs:ToneCurve>";
    const text = changeXmp(
      packet(
        `<exif:GPSLatitude>33,30.0N</exif:GPSLatitude><exif:GPSTimeStamp/>${kept}<xmp:Thumbnails><rdf:Alt><rdf:li>AAAA</rdf:li></rdf:Alt></xmp:Thumbnails>`,
        ' exif:GPSLongitude="126,30.0E" xmp:Label="GPS"',
      ),
      change,
    );
    expect(text).not.toMatch(/exif:GPS|Thumbnails| {3}/);
    expect(text).toContain(kept);
    expect(text).toContain('xmp:Label="GPS"');
    expect(changeXmp(packet(""), { ...change, keepGps: true })).toContain("<?xpacket end");
  });

  test("that is no UTF-8 is left out", () => {
    expect(changeXmp(Buffer.from([0xff, 0xfe, 0x3c, 0x00]), change)).toBeNull();
  });
});
