import { type ReactElement, useEffect } from "react";
import type { ApplyPlan } from "../../src-preload/contract/apply.ts";
import { commands } from "../../src-preload/contract/commands.ts";
import { runCommand } from "../commands/registry.ts";
import { openItems } from "../compare/frames.ts";
import type { Messages } from "../messages/en.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { countDecisions } from "../state/derive.ts";
import { useLibrary } from "../state/library-store.ts";
import { activate, openPanel, setMode } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import css from "./apply.module.css";
import { ApplyOptionsForm, optionsFormId } from "./apply-options.tsx";
import { backToOptions, makePlan, rejectsOf, startPlan, useApply } from "./apply-store.ts";
import { PlanTable } from "./plan-table.tsx";

function close(): void {
  openPanel(null);
}

/** Picks become files: options, then the plan in full, then the job. Nothing is touched before 'Start'. */
export function ApplyDialog(): ReactElement {
  const messages = useMessages();
  const step = useApply((state) => state.step);
  // A plan is true of the moment in which it was made: the dialog never opens with an old one.
  useEffect(() => backToOptions, []);
  switch (step.kind) {
    case "options":
      return (
        <Dialog
          key="options"
          title={messages.apply}
          width={640}
          onClose={close}
          footer={<OptionsFoot />}
        >
          <ApplyOptionsForm />
        </Dialog>
      );
    case "question":
      return <UndecidedQuestion burstIds={step.burstIds} />;
    case "plan":
      return (
        <Dialog
          key="plan"
          title={titleOf(step.plan, messages)}
          width={920}
          onClose={close}
          footer={<PlanFoot planId={step.plan.planId} />}
        >
          <PlanTable plan={step.plan} />
        </Dialog>
      );
  }
}

/** A plan says what it does: moving and copying look alike in a list of files. */
function titleOf({ items }: ApplyPlan, messages: Messages): string {
  const action = items.map(({ operation }) => operation).find((one) => one !== "trash");
  return action === undefined
    ? messages.planTitle
    : `${messages.planTitle}: ${messages.applyActions[action]}`;
}

/** Picks may also become larger: here best cut ends. */
function upscalePicks(): void {
  close();
  runCommand("photo.upscalePicks");
}

function OptionsFoot(): ReactElement {
  const messages = useMessages();
  const destination = useApply((state) => state.destination);
  const isPlanning = useApply((state) => state.isPlanning);
  const language = useLanguage();
  const rejects = useLibrary(rejectsOf);
  const { picked, rejected } = countDecisions(useLibrary(({ photos }) => photos));
  // The trash needs no place of its own.
  const isPlaced = destination !== null || (picked === 0 && rejected > 0 && rejects === "trash");
  return (
    <>
      {picked > 0 && (
        <Button tone="quiet" icon="upscale" className={css.upscale} onClick={upscalePicks}>
          {commands["photo.upscalePicks"].title[language]}
        </Button>
      )}
      <Button onClick={close}>{messages.cancel}</Button>
      <Button type="submit" tone="primary" form={optionsFormId} disabled={!isPlaced || isPlanning}>
        {isPlanning ? messages.planning : messages.makePlan}
      </Button>
    </>
  );
}

function PlanFoot({ planId }: { readonly planId: number }): ReactElement {
  const messages = useMessages();
  const start = async (): Promise<void> => {
    if (!(await startPlan(planId))) return;
    close();
    setMode("grid");
  };
  return (
    <>
      <Button onClick={backToOptions}>{messages.back}</Button>
      <Button tone="primary" onClick={() => void start()}>
        {messages.applyStart}
      </Button>
    </>
  );
}

/** Bursts where nothing was decided are never guessed about: the person says what becomes of them. */
function UndecidedQuestion({ burstIds }: { readonly burstIds: readonly number[] }): ReactElement {
  const messages = useMessages();
  const isPlanning = useApply((state) => state.isPlanning);
  return (
    <Dialog key="question" title={messages.undecidedTitle} width={560} onClose={close}>
      <p>{messages.undecidedText(burstIds.length)}</p>
      <div className={css.answers}>
        <Button tone="primary" disabled={isPlanning} onClick={() => void makePlan("proposed")}>
          {messages.undecidedProposed}
        </Button>
        <Button disabled={isPlanning} onClick={() => void makePlan("leave")}>
          {messages.undecidedLeave}
        </Button>
        <Button disabled={isPlanning} onClick={() => goAndDecide(burstIds)}>
          {messages.undecidedGo}
        </Button>
      </div>
    </Dialog>
  );
}

/** Shows the first undecided burst, large: several frames to be compared, a lone photo to be looked at. */
function goAndDecide(burstIds: readonly number[]): void {
  const wanted = new Set(burstIds);
  const items = openItems().filter(({ burstId }) => burstId !== null && wanted.has(burstId));
  const first = items.find(({ burstSize }) => burstSize > 1) ?? items[0];
  close();
  if (first === undefined) return;
  activate(first.photoId);
  setMode(first.burstSize > 1 ? "compare" : "loupe");
}
