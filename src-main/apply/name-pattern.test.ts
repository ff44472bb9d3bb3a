import fc from "fast-check";
import { expect, test } from "vitest";
import { KilnError } from "../errors.ts";
import { legalName, legalStem, legalTail, longestName } from "./file-name.ts";
import {
  exampleName,
  folderNames,
  type NameFields,
  parseFolderPattern,
  parseNamePattern,
} from "./name-pattern.ts";

const fields: NameFields = {
  name: "IMG_0042",
  seq: 7,
  capturedLocal: "2026-11-03T09:05:59.25",
  camera: "Canon/EOS R5",
  burst: 12,
  rank: 1,
  stars: 4,
  label: "red",
};

function codeOf(work: () => unknown): string {
  try {
    work();
  } catch (error) {
    if (error instanceof KilnError) return error.code;
    throw error;
  }
  return "no problem";
}

test.each([
  ["{name}", "IMG_0042.jpg"],
  ["{seq}", "7.jpg"],
  ["{seq:4}-{name}", "0007-IMG_0042.jpg"],
  ["{date}", "2026-11-03.jpg"],
  ["{date:YYMMDD}_{time}", "261103_090559.jpg"],
  ["{date:YYYY.MM.DD HH-mm-ss}", "2026.11.03 09-05-59.jpg"],
  ["{camera} b{burst} r{rank} s{stars} {label}", "Canon_EOS R5 b12 r1 s4 red.jpg"],
  ["제주 바다 🌊 {seq:3}", "제주 바다 🌊 007.jpg"],
])("%s gives %s", (pattern, expected) => {
  expect(exampleName(pattern, "", fields, ".jpg")).toBe(expected);
});

test("what a photo doesn't know has a word of its own", () => {
  const bare = { ...fields, capturedLocal: null, camera: null, burst: null, rank: null };
  expect(exampleName("{date} {time} {camera} {burst} {rank}", "", bare, ".jpg")).toBe(
    "unknown unknown unknown 0 0.jpg",
  );
});

test("subfolders take the same fields, one level between two slashes", () => {
  expect(exampleName("{name}", "{date:YYYY}/{date:MM}\\{camera}", fields, ".jpg")).toBe(
    "2026/11/Canon_EOS R5/IMG_0042.jpg",
  );
  expect(parseFolderPattern("  ")).toEqual([]);
  expect(parseFolderPattern("a//b/").length).toBe(2);
});

test.each([
  "{nam}",
  "{seq:0}",
  "{seq:x}",
  "{date:}",
  "{date:Q}",
  "{date:YYYY-Wxx}",
  "{name:3}",
  "{}",
])("%s is an unknown field, and the sentence names it", (pattern) => {
  expect(codeOf(() => parseNamePattern(pattern))).toBe("pattern-unknown-field");
  expect(() => parseNamePattern(pattern)).toThrow(pattern);
});

test.each([
  ["{name", "pattern-braces"],
  ["name}", "pattern-braces"],
  ["{a{name}}", "pattern-braces"],
  ["   ", "pattern-empty"],
  ["a/b", "pattern-with-folder"],
  ["a\\b", "pattern-with-folder"],
])("the name %j is refused: %s", (pattern, code) => {
  expect(codeOf(() => parseNamePattern(pattern))).toBe(code);
});

test.each(["/etc", "\\share", "C:\\photos", "d:x", "..", "a/../../b", "a/.", "..."])(
  "the subfolders %j are refused",
  (pattern) => {
    expect(codeOf(() => parseFolderPattern(pattern))).toBe("pattern-leaves");
  },
);

test.each([
  ["con", "_con"],
  ["NUL.tar", "_NUL.tar"],
  ["com1 .x", "_com1 .x"],
  ["LPT³", "_LPT³"],
  ["console", "console"],
  ["..", "__"],
  [".hidden", "_hidden"],
  ["name. . ", "name"],
  ['a<b>c:d"e/f\\g|h?i*j', "a_b_c_d_e_f_g_h_i_j"],
  ["tab\there\u0000", "tab_here_"],
  ["gpj.\u202eexe", "gpj._exe"],
  ["", "_"],
  // Decomposed Hangul, as macOS gives it, becomes the composed form that people type.
  ["한글".normalize("NFD"), "한글".normalize("NFC")],
])("%j becomes %j", (text, expected) => {
  expect(legalName(text)).toBe(expected);
});

test("a device name is seen with the extension that follows", () => {
  expect(legalStem("aux", [".jpg", ".xmp"])).toBe("_aux");
});

test("long names are cut between code points, the tail stays whole", () => {
  const stem = legalStem("사진🌊".repeat(60), ["-12.jpg"]);
  const name = `${stem}-12.jpg`;
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(longestName);
  expect(Buffer.byteLength(name)).toBeGreaterThan(longestName - 8);
  expect("사진🌊".repeat(60).startsWith(stem)).toBe(true);
});

/** Text with everything in it that file systems have opinions on. */
const anyText = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom(...'./\\:*?"<>| \t\u0000\u202e\ud800한ㅎ가🌊é', "e\u0301") }),
  fc.constantFrom("con", "nul", "lpt1", "COM9", "aux", "..", ".", " ", "prn.txt"),
);

function expectLegal(name: string): void {
  expect(name).not.toBe("");
  expect(name).not.toMatch(/[<>:"/\\|?*\p{Cc}\p{Cs}]/u);
  expect(name).not.toMatch(/[. ]$/);
  expect(name).not.toMatch(/^[. ]/);
  expect(name).not.toMatch(/^(con|prn|aux|nul|com\d|lpt\d)( *\.|$)/i);
  expect(name).toBe(name.normalize("NFC"));
  expect(name.isWellFormed()).toBe(true);
  expect(Buffer.byteLength(name)).toBeLessThanOrEqual(longestName);
}

test("whatever the photo and the text around the fields, each level is a legal name", () => {
  const literal = anyText.map((text) => text.replace(/[{}]/g, ""));
  const field = fc.constantFrom("{name}", "{seq:5}", "{camera}", "{date:YYYY.MM.}", "{label}", "");
  fc.assert(
    fc.property(
      fc.array(fc.tuple(literal, field), { minLength: 1, maxLength: 4 }),
      anyText,
      anyText,
      fc.constantFrom(".jpg", ".CR2.xmp", "", ".a:b", ". .", ".가나다"),
      (parts, name, camera, extension) => {
        const text = parts.flat().join("");
        const photo = { ...fields, name, camera };
        let levels: string[];
        try {
          levels = folderNames(parseFolderPattern(text), photo);
        } catch (error) {
          if (!(error instanceof KilnError)) throw error;
          expect(error.code).toBe("pattern-leaves");
          levels = [];
        }
        for (const level of levels) expectLegal(level);
        let stem: string;
        try {
          stem = parseNamePattern(text).expand(photo);
        } catch (error) {
          if (!(error instanceof KilnError)) throw error;
          expect(error.code).toMatch(/^pattern-(empty|with-folder)$/);
          return;
        }
        const tail = `-2${legalTail(extension)}`;
        expectLegal(legalStem(stem, [tail]) + tail);
      },
    ),
    { seed: 11, numRuns: 3000 },
  );
});
