import { type ReactElement, type RefObject, useEffect, useId, useRef, useState } from "react";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { door, problemOf } from "../door/door.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import ui from "../ui/ui.module.css";
import css from "./apply.module.css";
import { remember } from "./apply-store.ts";
import { Row } from "./row.tsx";

/** What a chip writes, by the name it is shown under. */
const fields = {
  name: "{name}",
  seq: "{seq:4}",
  date: "{date:YYYY-MM-DD}",
  time: "{time}",
  camera: "{camera}",
  burst: "{burst}",
  rank: "{rank}",
  stars: "{stars}",
  label: "{label}",
} as const;
const fieldNames = Object.keys(fields).filter(
  (name): name is keyof typeof fields => name in fields,
);

/** Folders that people make. */
const commonSubfolders = [
  "{date:YYYY-MM-DD}",
  "{date:YYYY}/{date:MM}",
  "{date:YYYY}/{date:YYYY-MM-DD}",
  "{camera}",
];

/** Name pattern and subfolders, chips that write fields into them, and what they make of a real photo. */
export function NameFields({ preview }: { readonly preview: Preview | null }): ReactElement {
  const messages = useMessages();
  const { pattern, subfolders } = useLibrary((state) => state.preferences.apply);
  const patternId = useId();
  const foldersId = useId();
  const listId = useId();
  const exampleId = useId();
  const patternInput = useRef<HTMLInputElement>(null);
  const foldersInput = useRef<HTMLInputElement>(null);
  const [target, setTarget] = useState<"pattern" | "subfolders">("pattern");

  const insert = (text: string): void => {
    const input = (target === "pattern" ? patternInput : foldersInput).current;
    if (input === null) return;
    const from = input.selectionStart ?? input.value.length;
    const to = input.selectionEnd ?? from;
    remember({ [target]: input.value.slice(0, from) + text + input.value.slice(to) });
    requestAnimationFrame(() => input.setSelectionRange(from + text.length, from + text.length));
  };

  return (
    <>
      <Row label={messages.namePattern} htmlFor={patternId}>
        <PatternInput
          id={patternId}
          element={patternInput}
          value={pattern}
          maxLength={200}
          exampleId={exampleId}
          isWrong={preview?.wrongField === "pattern"}
          onFocus={() => setTarget("pattern")}
          onChange={(value) => remember({ pattern: value })}
        />
      </Row>
      <Row label={messages.subfolders} htmlFor={foldersId}>
        <PatternInput
          id={foldersId}
          element={foldersInput}
          value={subfolders}
          maxLength={300}
          placeholder={messages.noSubfolders}
          list={listId}
          exampleId={exampleId}
          isWrong={preview?.wrongField === "subfolders"}
          onFocus={() => setTarget("subfolders")}
          onChange={(value) => remember({ subfolders: value })}
        />
        <datalist id={listId}>
          {commonSubfolders.map((each) => (
            <option key={each} value={each} />
          ))}
        </datalist>
      </Row>
      <fieldset className={css.chips}>
        <legend>
          {messages.insertField(target === "pattern" ? messages.namePattern : messages.subfolders)}
        </legend>
        {fieldNames.map((name) => (
          <button
            key={name}
            type="button"
            className={css.chip}
            data-tip={fields[name]}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => insert(fields[name])}
          >
            {messages.patternFields[name]}
          </button>
        ))}
      </fieldset>
      <Example id={exampleId} preview={preview} />
    </>
  );
}

interface PatternInputProps {
  readonly id: string;
  readonly element: RefObject<HTMLInputElement | null>;
  readonly value: string;
  readonly maxLength: number;
  readonly placeholder?: string;
  readonly list?: string;
  readonly exampleId: string;
  readonly isWrong: boolean;
  readonly onFocus: () => void;
  readonly onChange: (value: string) => void;
}

function PatternInput(props: PatternInputProps): ReactElement {
  const { element, exampleId, isWrong, onChange, ...rest } = props;
  return (
    <input
      {...rest}
      ref={element}
      className={`${ui.field} ${css.pattern}`}
      spellCheck={false}
      autoComplete="off"
      aria-invalid={isWrong}
      aria-describedby={exampleId}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}

function Example(props: { readonly id: string; readonly preview: Preview | null }): ReactElement {
  const { id, preview } = props;
  const problem = preview?.problem ?? null;
  const messages = useMessages();
  const localized = useLocalized();
  return (
    <p id={id} className={problem === null ? css.example : css.exampleProblem} aria-live="polite">
      {problem === null ? (
        <>
          {messages.example}:{" "}
          <b>{preview === null ? "…" : (preview.example ?? messages.noExample)}</b>
        </>
      ) : (
        `${localized(problem.happened)} ${localized(problem.todo)}`
      )}
    </p>
  );
}

const typingMs = 150;

export interface Preview {
  readonly example: string | null;
  readonly problem: Problem | null;
  /** The field that has the problem. */
  readonly wrongField: "pattern" | "subfolders" | null;
}

/**
 * What main makes of the patterns, asked when the typing pauses; the last answer stays until the next one. Null before
 * the first.
 */
export function useExample(): Preview | null {
  const { pattern, subfolders } = useLibrary((state) => state.preferences.apply);
  const rootId = useLibrary((state) => state.rootId);
  const [preview, setPreview] = useState<Preview | null>(null);
  useEffect(() => {
    if (rootId === null) return;
    let isWanted = true;
    const timer = setTimeout(async () => {
      const answer = await door.apply
        .previewName({ rootId, pattern, subfolders })
        .catch((error: unknown) => ({
          example: null,
          problem: problemOf(error),
          wrongField: null,
        }));
      if (isWanted) setPreview(answer);
    }, typingMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [rootId, pattern, subfolders]);
  return preview;
}
