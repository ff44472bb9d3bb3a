import { commands } from "../../src-preload/contract/commands.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { door } from "../door/door.ts";
import { attempt } from "./edits.ts";
import { showToast } from "./toasts.ts";
import { undoAndGo } from "./undone.ts";

type Others = "leave" | "reject";

/** Takes the proposal of a burst that the person is looking at: their word now counts for more than an earlier one. */
export async function acceptByHand(burstIds: number[], others: Others): Promise<void> {
  await attempt(() => door.edits.acceptProposals({ burstIds, others, decided: "replace" }));
}

/** Takes the proposals of many bursts, but where the person has decided, and says of how many. */
export async function acceptUndecided(burstIds: number[], others: Others): Promise<void> {
  const done = await attempt(() =>
    door.edits.acceptProposals({ burstIds, others, decided: "leave" }),
  );
  if (done === null) return;
  const { editId, left } = done;
  const way = { label: commands["edit.undo"].title, run: () => void undoAndGo() };
  showToast({
    topic: "step",
    text: acceptedText(done),
    detail: left === 0 ? null : leftText(left),
    action: editId === null ? null : way,
  });
}

function acceptedText({
  editId,
  accepted,
}: {
  editId: number | null;
  accepted: number;
}): Localized {
  if (editId === null) return { en: "No proposal to accept.", ko: "받아들일 제안이 없습니다." };
  return {
    en: accepted === 1 ? "1 proposal accepted." : `${accepted} proposals accepted.`,
    ko: `제안 ${accepted}건을 받아들였습니다.`,
  };
}

/** A lone photo is a stack of one: the word has to fit both. */
function leftText(left: number): Localized {
  return {
    en:
      left === 1
        ? "1 was decided and stays as it is."
        : `${left} were decided and stay as they are.`,
    ko: `이미 결정한 ${left}건은 그대로 두었습니다.`,
  };
}
