import { z } from "zod";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { defineJob, type JobContext } from "../jobs/index.ts";
import type { PlanItem, PlanStore, Trash } from "../library/index.ts";
import { applyPlan, type Encode } from "./execute.ts";
import { files } from "./plan-label.ts";
import type { FileMove, PlanProgress } from "./run.ts";
import { undoPlan } from "./undo.ts";

/** What carrying out plans needs. */
export interface PlanServices {
  readonly plans: PlanStore;
  readonly trash: Trash;
  readonly encode: Encode;
  readonly follow: (move: FileMove) => void;
  /** Called once a plan has been taken back. */
  readonly onUndone: (planId: number) => void;
}

const input = z.object({
  planId: z.int().positive(),
  /** For the title. */
  count: z.int(),
});

export const applyPlanJob = (services: PlanServices) =>
  defineJob({
    kind: "apply-plan",
    slot: "disk",
    input,
    stages: [
      { id: "apply", weight: 1, label: { en: "Putting files in place", ko: "파일 옮기는 중" } },
    ],
    title: ({ count }) => ({
      en: `Apply decisions: ${files(count)}`,
      ko: `결정 적용: 파일 ${count}개`,
    }),
    resume: "stage",
    async run(context, { planId }) {
      context.stage("apply");
      const outcome = await applyPlan({
        ...runOptions(services, context, planId),
        encode: services.encode,
      });
      const { destination } = services.plans.plan(planId) ?? {};
      return {
        summary: summary(
          { en: `${files(outcome.done)} done`, ko: `파일 ${outcome.done}개 완료` },
          outcome.failed,
        ),
        ...(destination === undefined ? {} : { revealPath: destination }),
      };
    },
  });

export const undoPlanJob = (services: PlanServices) =>
  defineJob({
    kind: "undo-plan",
    slot: "disk",
    input,
    stages: [{ id: "undo", weight: 1, label: { en: "Taking files back", ko: "파일 되돌리는 중" } }],
    title: ({ count }) => ({
      en: `Undo applied decisions: ${files(count)}`,
      ko: `적용한 결정 되돌리기: 파일 ${count}개`,
    }),
    resume: "stage",
    async run(context, { planId }) {
      context.stage("undo");
      const { undone, kept, renamed } = await undoPlan(runOptions(services, context, planId));
      services.onUndone(planId);
      return {
        summary: summary(takenBack(undone, renamed.length), kept, renamed),
      };
    },
  });

function runOptions(
  services: PlanServices,
  context: Pick<JobContext, "signal" | "progress">,
  planId: number,
) {
  return {
    planId,
    store: services.plans,
    trash: services.trash,
    signal: context.signal,
    follow: services.follow,
    onProgress: ({ items, totalItems }: PlanProgress) => context.progress(items, totalItems),
  };
}

/** "23 files taken back, 2 of them under another name". */
function takenBack(undone: number, renamed: number): Localized {
  const back = { en: `${files(undone)} taken back`, ko: `파일 ${undone}개 되돌림` };
  if (renamed === 0) return back;
  return {
    en: `${back.en}, ${renamed} of them under another name`,
    ko: `${back.ko}(그중 ${renamed}개는 다른 이름으로)`,
  };
}

/** So many files are named with their reasons; of more than that it is told how many. */
const mostNamed = 100;

/**
 * What was done in the first line, then a line for each file of which there is something to say.
 *
 * @param left what is not as planned
 * @param told what is, with a word on it
 */
function summary(
  done: Localized,
  left: readonly PlanItem[],
  told: readonly PlanItem[] = [],
): Localized {
  const said = [...left, ...told];
  if (said.length === 0) return done;
  const reasons = said.slice(0, mostNamed).map(({ problem }) => problem?.happened);
  const rest = said.length - reasons.length;
  const lines = (head: string, language: keyof Localized, more: string): string =>
    [
      head,
      ...reasons.flatMap((reason) => reason?.[language] ?? []),
      ...(rest > 0 ? [more] : []),
    ].join("\n");
  const [en, ko] =
    left.length === 0
      ? [`${done.en}.`, `${done.ko}.`]
      : [
          `${done.en}, ${left.length} not as planned.`,
          `${done.ko}, ${left.length}개는 계획과 다름.`,
        ];
  return {
    en: lines(en, "en", `… and ${rest} more.`),
    ko: lines(ko, "ko", `… 외 ${rest}개.`),
  };
}
