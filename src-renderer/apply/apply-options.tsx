import { type ReactElement, type ReactNode, useEffect, useId, useRef, useState } from "react";
import type { Preferences } from "../../src-preload/contract/preferences.ts";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { door, problemOf } from "../door/door.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { type ChosenFolder, chooseFolder } from "../state/folder-choice.ts";
import { useLibrary } from "../state/library-store.ts";
import { Button } from "../ui/button.tsx";
import ui from "../ui/ui.module.css";
import css from "./apply.module.css";

/** What the person has chosen so far. */
export type ApplyChoice = Preferences["apply"] & {
  readonly exportEdge: number | null;
  readonly destination: ChosenFolder | null;
  readonly secondCopy: ChosenFolder | null;
};

const actions = ["copy", "move", "export"] as const;
const fields = [
  "name",
  "seq",
  "date",
  "time",
  "camera",
  "burst",
  "rank",
  "stars",
  "label",
] as const;
/** Long enough that typing asks once. */
const previewDelayMs = 200;

export function ApplyOptionsForm(props: {
  readonly rootId: number;
  readonly choice: ApplyChoice;
  readonly onChange: (choice: ApplyChoice) => void;
}): ReactElement {
  const { rootId, choice, onChange } = props;
  const messages = useMessages();
  const trash = useLibrary((state) => state.info?.trash ?? "none");
  const set = (change: Partial<ApplyChoice>): void => onChange({ ...choice, ...change });
  const choose = async (which: "destination" | "secondCopy"): Promise<void> => {
    const folder = await chooseFolder("destination");
    if (folder !== null) set({ [which]: folder });
  };
  return (
    <div className={css.form}>
      <fieldset className={css.row}>
        <legend>{messages.applyAction}</legend>
        <div className={css.choices}>
          {actions.map((action) => (
            <label key={action} className={css.choice}>
              <input
                type="radio"
                name="action"
                checked={choice.action === action}
                onChange={() => set({ action })}
              />
              <span>
                {messages.applyActions[action]}
                <small>{messages.applyHints[action]}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      {choice.action === "export" && <ExportRow choice={choice} set={set} />}
      <Row label={messages.destination}>
        <FolderValue folder={choice.destination} empty={messages.noDestination} />
        <Button
          aria-label={`${messages.chooseDestinationButton} ${messages.destination}`}
          onClick={() => void choose("destination")}
        >
          {messages.chooseDestinationButton}
        </Button>
      </Row>
      <Row label={messages.secondCopy}>
        <FolderValue folder={choice.secondCopy} empty={messages.noSecondCopy} />
        {choice.secondCopy !== null && (
          <Button tone="quiet" onClick={() => set({ secondCopy: null })}>
            {messages.removeSecondCopy}
          </Button>
        )}
        <Button
          aria-label={`${messages.chooseDestinationButton} ${messages.secondCopy}`}
          onClick={() => void choose("secondCopy")}
        >
          {messages.chooseDestinationButton}
        </Button>
      </Row>
      <NamePattern rootId={rootId} choice={choice} set={set} />
      <fieldset className={css.row} disabled={trash === "none"}>
        <legend>{messages.rejects}</legend>
        <div className={css.choices}>
          {(["leave", "trash"] as const).map((rejects) => (
            <label key={rejects} className={css.choice}>
              <input
                type="radio"
                name="rejects"
                checked={(trash === "none" ? "leave" : choice.rejects) === rejects}
                onChange={() => set({ rejects })}
              />
              <span>
                {rejects === "leave" ? messages.rejectsLeave : messages.rejectsTrash}
                {rejects === "trash" && <small>{messages.trashTruth[trash]}</small>}
              </span>
            </label>
          ))}
        </div>
      </fieldset>
    </div>
  );
}

function Row({
  label,
  children,
}: {
  readonly label: string;
  readonly children: ReactNode;
}): ReactElement {
  return (
    <div className={css.row}>
      <span>{label}</span>
      <div className={css.value}>{children}</div>
    </div>
  );
}

function FolderValue(props: {
  readonly folder: ChosenFolder | null;
  readonly empty: string;
}): ReactElement {
  const { folder, empty } = props;
  return (
    <span className={folder === null ? css.empty : css.path} title={folder?.path}>
      <bdi>{folder?.path ?? empty}</bdi>
    </span>
  );
}

interface PartProps {
  readonly choice: ApplyChoice;
  readonly set: (change: Partial<ApplyChoice>) => void;
}

function ExportRow({ choice, set }: PartProps): ReactElement {
  const messages = useMessages();
  const qualityId = useId();
  const edgeId = useId();
  return (
    <>
      <div className={css.row}>
        <label htmlFor={qualityId}>{messages.quality}</label>
        <div className={css.value}>
          <input
            id={qualityId}
            className={ui.field}
            type="number"
            min={1}
            max={100}
            value={choice.exportQuality}
            onChange={(event) => {
              const quality = event.target.valueAsNumber;
              if (Number.isInteger(quality) && quality >= 1 && quality <= 100) {
                set({ exportQuality: quality });
              }
            }}
          />
        </div>
      </div>
      <div className={css.row}>
        <label htmlFor={edgeId}>{messages.longEdge}</label>
        <div className={css.value}>
          <input
            id={edgeId}
            className={ui.field}
            type="number"
            min={16}
            max={65535}
            placeholder={messages.fullSize}
            value={choice.exportEdge ?? ""}
            onChange={(event) => {
              const edge = event.target.valueAsNumber;
              const isEdge = Number.isInteger(edge) && edge >= 16 && edge <= 65535;
              set({ exportEdge: isEdge ? edge : null });
            }}
          />
          {messages.longEdgeUnit}
        </div>
      </div>
    </>
  );
}

function NamePattern({
  rootId,
  choice,
  set,
}: PartProps & { readonly rootId: number }): ReactElement {
  const messages = useMessages();
  const patternId = useId();
  const foldersId = useId();
  const input = useRef<HTMLInputElement>(null);
  const { pattern, subfolders } = choice;
  const insert = (field: string): void => {
    const at = input.current?.selectionStart ?? pattern.length;
    const text = `{${field}}`;
    set({ pattern: pattern.slice(0, at) + text + pattern.slice(at) });
    requestAnimationFrame(() => {
      input.current?.focus();
      input.current?.setSelectionRange(at + text.length, at + text.length);
    });
  };
  return (
    <>
      <div className={css.row}>
        <label htmlFor={patternId}>{messages.namePattern}</label>
        <div className={css.column}>
          <input
            ref={input}
            id={patternId}
            className={ui.field}
            maxLength={200}
            spellCheck={false}
            value={pattern}
            onChange={(event) => set({ pattern: event.target.value })}
          />
          <div className={css.chips}>
            {fields.map((field) => (
              <button
                key={field}
                type="button"
                className={css.chip}
                aria-label={`${messages.insertField} ${messages.patternFields[field]}`}
                onClick={() => insert(field)}
              >
                {messages.patternFields[field]}
              </button>
            ))}
          </div>
        </div>
      </div>
      <div className={css.row}>
        <label htmlFor={foldersId}>{messages.subfolders}</label>
        <div className={css.column}>
          <input
            id={foldersId}
            className={ui.field}
            maxLength={300}
            spellCheck={false}
            placeholder={messages.noSubfolders}
            value={subfolders}
            onChange={(event) => set({ subfolders: event.target.value })}
          />
          <NameExample rootId={rootId} pattern={pattern} subfolders={subfolders} />
        </div>
      </div>
    </>
  );
}

/** What the pattern makes of a real photo, or what is wrong with it. */
function NameExample(props: {
  readonly rootId: number;
  readonly pattern: string;
  readonly subfolders: string;
}): ReactElement {
  const { rootId, pattern, subfolders } = props;
  const messages = useMessages();
  const localized = useLocalized();
  const [answer, setAnswer] = useState<{ example: string | null; problem: Problem | null }>({
    example: null,
    problem: null,
  });
  useEffect(() => {
    const gone = new AbortController();
    const timer = setTimeout(() => {
      door.apply
        .previewName({ rootId, pattern, subfolders }, { signal: gone.signal })
        .then(setAnswer, (error) => {
          if (!gone.signal.aborted) setAnswer({ example: null, problem: problemOf(error) });
        });
    }, previewDelayMs);
    return () => {
      clearTimeout(timer);
      gone.abort();
    };
  }, [rootId, pattern, subfolders]);
  const { example, problem } = answer;
  return (
    <p className={problem === null ? css.example : css.problem} role="status">
      {problem === null
        ? `${messages.example}: ${example ?? messages.noExample}`
        : `${localized(problem.happened)} ${localized(problem.todo)}`}
    </p>
  );
}
