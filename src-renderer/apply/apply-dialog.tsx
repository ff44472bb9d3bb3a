import { type ReactElement, useState } from "react";
import type { ApplyPlan } from "../../src-preload/contract/apply.ts";
import { door } from "../door/door.ts";
import { useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import type { ChosenFolder } from "../state/folder-choice.ts";
import { useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import { showToast } from "../state/toasts.ts";
import { activate, openPanel, setMode } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { useFocus } from "../ui/use-focus.ts";
import css from "./apply.module.css";
import { type ApplyChoice, ApplyOptionsForm } from "./apply-options.tsx";
import { PlanTable } from "./plan-table.tsx";

type Step =
  | { readonly kind: "options" }
  | { readonly kind: "undecided"; readonly burstIds: readonly number[] }
  | { readonly kind: "plan"; readonly plan: ApplyPlan };

/** Picks become files: options, the question of what is undecided, the plan, then the job. */
export function ApplyDialog(): ReactElement | null {
  const messages = useMessages();
  const rootId = useLibrary((state) => state.rootId);
  const remembered = useLibrary((state) => state.preferences.apply);
  const [choice, setChoice] = useState<ApplyChoice>({
    ...remembered,
    exportEdge: null,
    destination: null,
    secondCopy: null,
  });
  const [step, setStep] = useState<Step>({ kind: "options" });
  const [isPlanning, setIsPlanning] = useState(false);
  if (rootId === null) return null;
  const close = (): void => openPanel(null);

  const makePlan = async (
    destination: ChosenFolder,
    undecided: "ask" | "proposed" | "leave",
  ): Promise<void> => {
    const { action, pattern, subfolders, rejects, exportQuality, exportEdge, secondCopy } = choice;
    setIsPlanning(true);
    void setPreferences({ apply: { action, pattern, subfolders, rejects, exportQuality } });
    const answer = await attempt(() =>
      door.apply.plan({
        rootId,
        action,
        pattern,
        subfolders,
        rejects,
        exportQuality,
        exportEdge,
        undecided,
        destination: destination.token,
        secondCopy: secondCopy?.token ?? null,
      }),
    );
    setIsPlanning(false);
    if (answer === null) return;
    if ("question" in answer) {
      setStep({ kind: "undecided", burstIds: answer.question.undecidedBursts });
    } else setStep({ kind: "plan", plan: answer.plan });
  };
  const { destination } = choice;

  switch (step.kind) {
    case "options":
      return (
        <Dialog
          title={messages.apply}
          width={640}
          onClose={close}
          footer={
            <>
              <Button onClick={close}>{messages.cancel}</Button>
              <Button
                tone="primary"
                disabled={destination === null || isPlanning}
                onClick={() => destination !== null && void makePlan(destination, "ask")}
              >
                {isPlanning ? messages.planning : messages.makePlan}
              </Button>
            </>
          }
        >
          <ApplyOptionsForm rootId={rootId} choice={choice} onChange={setChoice} />
        </Dialog>
      );
    case "undecided":
      return (
        <UndecidedQuestion
          burstIds={step.burstIds}
          isPlanning={isPlanning}
          onBack={() => setStep({ kind: "options" })}
          onAnswer={(undecided) => destination !== null && void makePlan(destination, undecided)}
        />
      );
    case "plan":
      return (
        <PlanStep plan={step.plan} onBack={() => setStep({ kind: "options" })} onStarted={close} />
      );
  }
}

function UndecidedQuestion(props: {
  readonly burstIds: readonly number[];
  readonly isPlanning: boolean;
  readonly onBack: () => void;
  readonly onAnswer: (undecided: "proposed" | "leave") => void;
}): ReactElement {
  const { burstIds, isPlanning, onBack, onAnswer } = props;
  const messages = useMessages();
  const first = useFocus<HTMLDivElement>();
  const goAndDecide = (): void => {
    openPanel(null);
    const { photos } = useLibrary.getState();
    const target = [...photos.values()].find((photo) => photo.burstId === burstIds[0]);
    setMode("grid");
    if (target !== undefined) activate(target.id);
  };
  return (
    <Dialog
      title={messages.apply}
      width={520}
      onClose={() => openPanel(null)}
      footer={<Button onClick={onBack}>{messages.back}</Button>}
    >
      <div ref={first} tabIndex={-1} className={css.question}>
        <h3>{messages.undecidedTitle}</h3>
        <p>{messages.undecidedText(burstIds.length)}</p>
        <Button tone="primary" disabled={isPlanning} onClick={() => onAnswer("proposed")}>
          {messages.undecidedProposed}
        </Button>
        <Button disabled={isPlanning} onClick={() => onAnswer("leave")}>
          {messages.undecidedLeave}
        </Button>
        <Button onClick={goAndDecide}>{messages.undecidedGo}</Button>
      </div>
    </Dialog>
  );
}

function PlanStep(props: {
  readonly plan: ApplyPlan;
  readonly onBack: () => void;
  readonly onStarted: () => void;
}): ReactElement {
  const { plan, onBack, onStarted } = props;
  const messages = useMessages();
  const start = async (): Promise<void> => {
    const started = await attempt(() => door.apply.start({ planId: plan.planId }));
    if (started === null) return;
    onStarted();
    showToast({
      text: { en: "Applying the decisions…", ko: "결정을 적용하는 중…" },
      action: {
        label: { en: "Undo", ko: "실행 취소" },
        run: () => void attempt(() => door.apply.undo({ planId: plan.planId })),
      },
    });
  };
  return (
    <Dialog
      title={messages.planTitle}
      width={860}
      onClose={() => openPanel(null)}
      footer={
        <>
          <Button onClick={onBack}>{messages.back}</Button>
          <Button tone="primary" disabled={plan.items.length === 0} onClick={() => void start()}>
            {messages.applyStart}
          </Button>
        </>
      }
    >
      <PlanTable plan={plan} />
    </Dialog>
  );
}
