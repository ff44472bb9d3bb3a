import { type ReactElement, useId } from "react";
import type { ApplyOptions } from "../../src-preload/contract/apply.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { countDecisions } from "../state/derive.ts";
import { type ChosenFolder, chooseFolder } from "../state/folder-choice.ts";
import { useLibrary } from "../state/library-store.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import ui from "../ui/ui.module.css";
import css from "./apply.module.css";
import { makePlan, rejectsOf, remember, useApply } from "./apply-store.ts";
import { NameFields, useExample } from "./name-fields.tsx";
import { Row } from "./row.tsx";

export const optionsFormId = "apply-options";

const actions = ["copy", "move", "export"] as const satisfies readonly ApplyOptions["action"][];
/** Long edges of an export in pixels: print, screen, web. */
const edges = [4096, 2560, 2048, 1600, 1080] as const;

/** First step: what becomes of picks and rejects. */
export function ApplyOptionsForm(): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  const { action } = useLibrary((state) => state.preferences.apply);
  const destination = useApply((state) => state.destination);
  const secondCopy = useApply((state) => state.secondCopy);
  const preview = useExample();
  // What is said of the names stands below them already.
  const problem = useApply(({ problem }) =>
    problem !== null && problem.code === preview?.problem?.code ? null : problem,
  );
  return (
    <form
      id={optionsFormId}
      className={css.form}
      onSubmit={(event) => {
        event.preventDefault();
        void makePlan("ask");
      }}
    >
      <Counts />
      <fieldset className={css.actions}>
        <legend className={css.legend}>{messages.applyAction}</legend>
        {actions.map((each) => (
          <label key={each} className={css.action}>
            <input
              type="radio"
              name="action"
              value={each}
              checked={action === each}
              onChange={() => remember({ action: each })}
            />
            <span>
              {messages.applyActions[each]}
              <small>{messages.applyHints[each]}</small>
            </span>
          </label>
        ))}
      </fieldset>
      <FolderRow
        label={messages.destination}
        none={messages.noDestination}
        folder={destination}
        onChoose={(folder) => useApply.setState({ destination: folder, problem: null })}
      />
      <FolderRow
        label={messages.secondCopy}
        none={messages.noSecondCopy}
        folder={secondCopy}
        onChoose={(folder) => useApply.setState({ secondCopy: folder, problem: null })}
        onRemove={() => useApply.setState({ secondCopy: null, problem: null })}
      />
      <NameFields preview={preview} />
      {action === "export" && <ExportRows />}
      <Rejects />
      {problem !== null && (
        <div className={css.problem} role="alert">
          <Icon name="warning" />
          <p>
            {localized(problem.happened)} <span>{localized(problem.todo)}</span>
          </p>
        </div>
      )}
    </form>
  );
}

/** How far the person has got: what this is about. */
function Counts(): ReactElement {
  const messages = useMessages();
  const photos = useLibrary((state) => state.photos);
  const { picked, rejected, undecided } = countDecisions(photos);
  return (
    <p className={css.counts}>
      <span>
        <Icon name="pick" /> {messages.picked(picked)}
      </span>
      <span>
        <Icon name="reject" /> {messages.rejected(rejected)}
      </span>
      <span>{messages.undecided(undecided)}</span>
    </p>
  );
}

function FolderRow(props: {
  readonly label: string;
  /** What is said while no folder is chosen. */
  readonly none: string;
  readonly folder: ChosenFolder | null;
  readonly onChoose: (folder: ChosenFolder) => void;
  readonly onRemove?: () => void;
}): ReactElement {
  const { label, none, folder, onChoose, onRemove } = props;
  const messages = useMessages();
  const choose = async (): Promise<void> => {
    const chosen = await chooseFolder("destination");
    if (chosen !== null) onChoose(chosen);
  };
  return (
    <Row label={label}>
      <span className={folder === null ? css.none : css.path} title={folder?.path}>
        {folder === null ? none : <bdi>{folder.path}</bdi>}
      </span>
      {folder !== null && onRemove !== undefined && (
        <IconButton icon="close" label={messages.removeSecondCopy} onClick={onRemove} />
      )}
      <Button
        icon="folder"
        aria-label={`${label}: ${messages.chooseDestinationButton}`}
        onClick={() => void choose()}
      >
        {messages.chooseDestinationButton}
      </Button>
    </Row>
  );
}

function ExportRows(): ReactElement {
  const messages = useMessages();
  const { exportQuality } = useLibrary((state) => state.preferences.apply);
  const exportEdge = useApply((state) => state.exportEdge);
  const qualityId = useId();
  const edgeId = useId();
  return (
    <>
      <Row label={messages.quality} htmlFor={qualityId}>
        <input
          id={qualityId}
          type="range"
          className={ui.slider}
          min={50}
          max={100}
          value={Math.max(50, exportQuality)}
          onChange={(event) => remember({ exportQuality: event.target.valueAsNumber })}
        />
        <output className={css.figure} htmlFor={qualityId}>
          {exportQuality}
        </output>
      </Row>
      <Row label={messages.longEdge} htmlFor={edgeId}>
        <select
          id={edgeId}
          className={ui.select}
          value={exportEdge ?? ""}
          onChange={({ target }) =>
            useApply.setState({ exportEdge: target.value === "" ? null : Number(target.value) })
          }
        >
          <option value="">{messages.fullSize}</option>
          {edges.map((edge) => (
            <option key={edge} value={edge}>
              {edge} {messages.longEdgeUnit}
            </option>
          ))}
        </select>
      </Row>
    </>
  );
}

/** Rejects stay or go to the trash; what undo can do about it on this system is said before, not after. */
function Rejects(): ReactElement {
  const messages = useMessages();
  const trash = useLibrary((state) => state.info?.trash ?? "none");
  const rejects = useLibrary(rejectsOf);
  return (
    <fieldset className={css.rejects}>
      <legend className={css.legend}>{messages.rejects}</legend>
      <label className={css.choice}>
        <input
          type="radio"
          name="rejects"
          checked={rejects === "leave"}
          onChange={() => remember({ rejects: "leave" })}
        />
        {messages.rejectsLeave}
      </label>
      <label className={css.choice}>
        <input
          type="radio"
          name="rejects"
          checked={rejects === "trash"}
          disabled={trash === "none"}
          onChange={() => remember({ rejects: "trash" })}
        />
        {messages.rejectsTrash}
      </label>
      {(rejects === "trash" || trash === "none") && (
        <p className={css.truth}>{messages.trashTruth[trash]}</p>
      )}
    </fieldset>
  );
}
