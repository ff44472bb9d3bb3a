import { describe, expect, it } from "vitest";
import { fuzzyMatch } from "./fuzzy.ts";

function best(query: string, ...texts: readonly string[]): string | undefined {
  return texts
    .flatMap((text) => {
      const match = fuzzyMatch(query, text);
      return match === null ? [] : [{ text, score: match.score }];
    })
    .sort((a, b) => b.score - a.score)[0]?.text;
}

describe("finding a command by a few letters", () => {
  it("wants every letter, in order, whatever the case and the spaces", () => {
    expect(fuzzyMatch("xyz", "Settings")).toBeNull();
    expect(fuzzyMatch("gs", "Settings")?.hits).toEqual([6, 7]);
    expect(fuzzyMatch("S E T", "Settings…")?.hits).toEqual([0, 1, 2]);
  });

  it("prefers a word to letters that lie about", () => {
    expect(fuzzyMatch("stack", "Split the stack")?.hits).toEqual([10, 11, 12, 13, 14]);
  });

  it("prefers beginnings of words, letters in a row and short texts", () => {
    expect(best("ap", "Take a photo", "Apply decisions…")).toBe("Apply decisions…");
    expect(best("rr", "Mirror", "Rotate right")).toBe("Rotate right");
    expect(best("pick", "Best picks only", "Pick")).toBe("Pick");
  });

  it("finds Korean", () => {
    expect(fuzzyMatch("묶음", "모든 묶음 풀기")?.hits).toEqual([3, 4]);
    expect(fuzzyMatch("설정", "폴더 열기…")).toBeNull();
  });

  it("lets nothing typed match everything", () => {
    expect(fuzzyMatch(" ", "Undo")).toEqual({ score: 0, hits: [] });
  });
});
