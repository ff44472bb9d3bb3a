import { expect, test } from "vitest";
import { wrongPattern } from "./wrong-pattern.ts";

test.each([
  ["{date}-{number}", "", "pattern", "pattern-unknown-field"],
  ["", "", "pattern", "pattern-empty"],
  ["{name}", "{year}", "subfolders", "pattern-unknown-field"],
  ["{date:QQ}", "", "pattern", "pattern-unknown-field"],
  ["{name}", "../elsewhere", "subfolders", "pattern-leaves"],
  // Of two that are wrong the first in the dialog is told.
  ["{name", "{year}", "pattern", "pattern-braces"],
])("“%s” in “%s” is wrong in its %s: %s", (pattern, subfolders, wrongField, code) => {
  expect(wrongPattern(pattern, subfolders)).toMatchObject({ wrongField, problem: { code } });
});

test("patterns that can be used have nothing wrong", () => {
  expect(wrongPattern("{date}-{seq:4}", "{date:YYYY}/{camera}")).toBeNull();
});
