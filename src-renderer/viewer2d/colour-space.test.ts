import sharp from "sharp";
import { expect, test } from "vitest";
import { colourSpaceOf } from "./colour-space.ts";

const picture = () => sharp({ create: { width: 8, height: 8, channels: 3, background: "#c83" } });

async function bytes(image: ReturnType<typeof picture>): Promise<Uint8Array<ArrayBuffer>> {
  return Uint8Array.from(await image.toBuffer());
}

test("a JPEG without a profile is sRGB, whatever else lies before its pixels", async () => {
  expect(colourSpaceOf(await bytes(picture().jpeg()))).toBe("srgb");
  const tagged = picture()
    .withExif({ IFD0: { Artist: "A".repeat(3000) } })
    .jpeg();
  expect(colourSpaceOf(await bytes(tagged))).toBe("srgb");
});

test("profiles are told apart", async () => {
  expect(colourSpaceOf(await bytes(picture().withIccProfile("srgb").jpeg()))).toBe("srgb");
  expect(colourSpaceOf(await bytes(picture().withIccProfile("p3").jpeg()))).toBe("display-p3");
});

test("other formats, other profiles and beginnings that are too short say nothing", async () => {
  expect(colourSpaceOf(await bytes(picture().png()))).toBeNull();
  expect(colourSpaceOf(Uint8Array.of(0xff, 0xd8, 0xff))).toBeNull();
  expect(colourSpaceOf(Uint8Array.of(0xff, 0xd8, 0xff, 0xe1, 0xff, 0xff, 0, 0))).toBeNull();
  expect(colourSpaceOf(new Uint8Array())).toBeNull();
});
