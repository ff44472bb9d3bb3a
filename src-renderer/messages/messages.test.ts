import { expect, it } from "vitest";
import { commands, menuGroups } from "../../src-preload/contract/commands.ts";
import { en } from "./en.ts";
import { ko } from "./ko.ts";

const hangul = /[가-힣]/;
/** The same in both languages: a name, or a term that photographers don't translate. */
const same = new Set(["filterIso", "longEdgeUnit"]);

/** Texts by key; sentences that take numbers are said with 1 and 2. */
function textsOf(messages: object, prefix = ""): [string, string][] {
  return Object.entries(messages).flatMap(([key, value]): [string, string][] => {
    const path = prefix + key;
    if (typeof value === "string") return [[path, value]];
    if (typeof value === "function") return [[path, String(value(1, 2))]];
    return textsOf(value, `${path}.`);
  });
}

it("says everything in Korean, and nothing but Korean", () => {
  const korean = textsOf(ko);
  expect(korean.map(([key]) => key)).toEqual(textsOf(en).map(([key]) => key));
  const untranslated = korean.filter(([key, text]) => !same.has(key) && !hangul.test(text));
  expect(untranslated).toEqual([]);
});

it("leaves no text empty, and no Korean in English", () => {
  for (const [key, text] of textsOf(en)) {
    expect(text.trim(), key).not.toBe("");
    expect(text, key).not.toMatch(hangul);
  }
});

it("counts as the language does", () => {
  expect(en.photos(1)).toBe("1 photo");
  expect(en.photos(1200)).toBe("1,200 photos");
  expect(ko.photos(1)).toBe("사진 1장");
});

it("names every command and menu in both languages", () => {
  for (const { title } of Object.values(commands)) {
    expect(title.en).not.toMatch(hangul);
    expect(title.ko).toMatch(hangul);
  }
  for (const title of Object.values(menuGroups)) expect(title.ko).toMatch(hangul);
});
