import fc from "fast-check";
import { expect, test } from "vitest";
import { aboutFile, printable, printableLine } from "./terminal.ts";

test("control characters and those that turn writing about are written out, all else stays", () => {
  expect(printableLine("a\u001b[2J\r\n\u0085.pth")).toBe("a\\x1b[2J\\x0d\\x0a\\x85.pth");
  expect(printableLine("photo\u202egnp.exe\u2028")).toBe("photo\\u202egnp.exe\\u2028");
  const plain = "제주 🌅 “x4” ×2 é e\u0301 العربية";
  expect(printableLine(plain)).toBe(plain);
  expect(printable("one\ntwo\u0007")).toBe("one\ntwo\\x07");
});

test("a file is named once", () => {
  expect(aboutFile("a.pth", "“a.pth” is damaged.")).toBe("“a.pth” is damaged.");
  expect(aboutFile("/in/a.png", "It is empty.")).toBe("/in/a.png  It is empty.");
  expect(aboutFile("a\u001b[m.pth", "“a·[m.pth” is damaged.")).toBe("“a·[m.pth” is damaged.");
  expect(aboutFile("a\nb.png", "It is empty.")).toBe("a\\x0ab.png  It is empty.");
});

test("whatever goes in, nothing comes out that a terminal obeys", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (text) => {
      expect(printableLine(text)).not.toMatch(/[\p{Cc}\u202a-\u202e\u2066-\u2069]/u);
    }),
    { seed: 20_261_121, numRuns: 1000 },
  );
});
