import { join } from "node:path";
import { expect, test } from "vitest";
import type { PlanItem } from "../library/index.ts";
import { planLabel } from "./plan-label.ts";

const items = (...operations: PlanItem["operation"][]) =>
  operations.map((operation) => ({ operation }));
const destination = join("/", "photos", "제주 🏝️");

test("a plan is named by what it does, how much of it, and where to", () => {
  expect(planLabel({ action: "copy", destination, items: items("copy", "copy") })).toEqual({
    en: "Copy 2 files to “제주 🏝️”",
    ko: "파일 2개를 ‘제주 🏝️’ 폴더로 복사",
  });
  expect(
    planLabel({ action: "move", destination, items: items("move", "trash", "trash") }),
  ).toEqual({
    en: "Move 1 file to “제주 🏝️”, 2 files to the trash",
    ko: "파일 1개를 ‘제주 🏝️’ 폴더로 이동, 파일 2개를 휴지통으로 이동",
  });
  expect(planLabel({ action: "copy", destination, items: items("trash") })).toEqual({
    en: "Move 1 file to the trash",
    ko: "파일 1개를 휴지통으로 이동",
  });
  // A drive has no name of its own.
  expect(planLabel({ action: "export", destination: "/", items: items("export") }).en).toBe(
    "Export 1 file to “/”",
  );
});
