import fc from "fast-check";
import { expect, test } from "vitest";
import { KeptImages } from "./kept-images.ts";

const size = { naturalWidth: 10, naturalHeight: 10 };

test("the longest unused goes when there are too many pixels", () => {
  const kept = new KeptImages(300, (url) => url);
  for (const url of ["a", "b", "c"]) kept.keep(url, size);
  kept.keep("a", size);
  kept.keep("d", size);
  expect(["a", "b", "c", "d"].filter((url) => kept.has(url))).toEqual(["a", "c", "d"]);
});

test("one that is larger than all that may be kept is not kept", () => {
  const kept = new KeptImages(50, (url) => url);
  kept.keep("a", size);
  expect(kept.has("a")).toBe(false);
});

test("whatever is shown, the last ones that fit are kept, each held once", () => {
  fc.assert(
    fc.property(fc.array(fc.nat(12), { maxLength: 80 }), (shown) => {
      const held: string[] = [];
      const kept = new KeptImages(500, (url) => held.push(url));
      for (const photo of shown) {
        const url = String(photo);
        const before = held.length;
        const wasKept = kept.has(url);
        kept.keep(url, size);
        expect(held.length).toBe(wasKept ? before : before + 1);
      }
      const last = [...new Set(shown.toReversed())].slice(0, 5).map(String);
      for (let photo = 0; photo <= 12; photo += 1) {
        expect(kept.has(String(photo))).toBe(last.includes(String(photo)));
      }
    }),
    { seed: 20_261_121 },
  );
});
