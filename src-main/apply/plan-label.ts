import { basename } from "node:path";
import type { Localized } from "../../src-preload/contract/problem.ts";
import type { PlanAction, PlanItemDraft } from "../library/index.ts";

const verbs: Record<PlanAction, Localized> = {
  copy: { en: "Copy", ko: "복사" },
  move: { en: "Move", ko: "이동" },
  export: { en: "Export", ko: "내보내기" },
};

/** What a plan does, as undo and redo name it: "Copy 12 files to “Jeju”, 3 files to the trash". */
export function planLabel(plan: {
  readonly action: PlanAction;
  readonly destination: string;
  readonly items: readonly Pick<PlanItemDraft, "operation">[];
}): Localized {
  const { action, destination, items } = plan;
  const trashed = items.filter(({ operation }) => operation === "trash").length;
  const placed = items.length - trashed;
  const folder = basename(destination) || destination;
  const verb = verbs[action];
  const place: Localized = {
    en: `${verb.en} ${files(placed)} to “${folder}”`,
    ko: `파일 ${placed}개를 ‘${folder}’ 폴더로 ${verb.ko}`,
  };
  if (trashed === 0) return place;
  const trash = { en: `${files(trashed)} to the trash`, ko: `파일 ${trashed}개를 휴지통으로 이동` };
  if (placed === 0) return { ...trash, en: `Move ${trash.en}` };
  return { en: `${place.en}, ${trash.en}`, ko: `${place.ko}, ${trash.ko}` };
}

/** "1 file", "12 files". */
export function files(count: number): string {
  return count === 1 ? "1 file" : `${count} files`;
}
