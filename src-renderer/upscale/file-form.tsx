import { type ReactElement, type ReactNode, useId, useRef, useState } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { type UpscaleFormat, upscaleFormats } from "../../src-preload/contract/upscale.ts";
import { useMessages } from "../messages/language.ts";
import { chooseFolder } from "../state/folder-choice.ts";
import { useLibrary } from "../state/library-store.ts";
import { useUpscaleRoom } from "../state/upscale-room.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Slider } from "../ui/slider.tsx";
import ui from "../ui/ui.module.css";
import css from "./forms.module.css";
import { remember, useForecast } from "./settings.ts";
import { useWrongField } from "./wrong-fields.ts";

const formatNames: Record<UpscaleFormat, string> = {
  jpeg: "JPEG",
  png: "PNG",
  webp: "WebP",
  avif: "AVIF",
  tiff: "TIFF",
};

/** What kind of file, what goes along in it, where to and under which name. */
export function FileForm(props: {
  readonly photo: PhotoRow;
  /** One of the batch, by its format. */
  readonly mayBeTransparent: boolean;
}): ReactElement {
  const { photo, mayBeTransparent } = props;
  const messages = useMessages();
  const answers = useLibrary((state) => state.preferences.upscale);
  const { format, quality, background, metadata, existing } = answers;
  const hasQuality = format !== "png" && format !== "tiff";
  return (
    <fieldset className={css.section}>
      <legend>{messages.upscale.fileSection}</legend>
      <Line label={messages.upscale.format}>
        {(id) => (
          <>
            <select
              id={id}
              className={ui.select}
              value={format}
              onChange={(event) => {
                const next = upscaleFormats.find((each) => each === event.target.value);
                if (next !== undefined) remember({ format: next });
              }}
            >
              {upscaleFormats.map((each) => (
                <option key={each} value={each}>
                  {formatNames[each]}
                </option>
              ))}
            </select>
            {hasQuality ? (
              <Slider
                label={messages.upscale.qualityOf(formatNames[format])}
                min={1}
                max={100}
                step={1}
                value={quality}
                text={String(quality)}
                onChange={(next) => remember({ quality: next })}
              />
            ) : null}
            <small className={css.quiet}>{messages.upscale.formatHints[format]}</small>
          </>
        )}
      </Line>
      {format === "jpeg" && mayBeTransparent && (
        <Line label={messages.upscale.background}>
          {(id) => (
            <>
              <select
                id={id}
                className={ui.select}
                value={background}
                onChange={({ target }) =>
                  remember({ background: target.value === "black" ? "black" : "white" })
                }
              >
                <option value="white">{messages.upscale.backgrounds.white}</option>
                <option value="black">{messages.upscale.backgrounds.black}</option>
              </select>
              <small className={css.quiet}>{messages.upscale.backgroundHint}</small>
            </>
          )}
        </Line>
      )}
      <Line label={messages.upscale.metadata}>
        {(id) => (
          <select
            id={id}
            className={ui.select}
            value={metadata}
            onChange={({ target }) => {
              const next = metadataKinds.find((each) => each === target.value);
              if (next !== undefined) remember({ metadata: next });
            }}
          >
            {metadataKinds.map((each) => (
              <option key={each} value={each}>
                {messages.upscale.metadataKinds[each]}
              </option>
            ))}
          </select>
        )}
      </Line>
      <FolderLine />
      <NameLines photo={photo} />
      <Line label={messages.upscale.existing}>
        {(id) => (
          <select
            id={id}
            className={ui.select}
            value={existing}
            onChange={({ target }) =>
              remember({ existing: target.value === "rename" ? "rename" : "skip" })
            }
          >
            <option value="skip">{messages.upscale.existingKinds.skip}</option>
            <option value="rename">{messages.upscale.existingKinds.rename}</option>
          </select>
        )}
      </Line>
    </fieldset>
  );
}

const metadataKinds = ["all", "withoutPlace", "none"] as const;

/** A line of the form: what it is about on the left, the answer on the right. */
function Line(props: {
  readonly label: string;
  readonly children: (id: string) => ReactNode;
}): ReactElement {
  const id = useId();
  return (
    <div className={css.row}>
      <label htmlFor={id}>{props.label}</label>
      <div className={css.value}>{props.children(id)}</div>
    </div>
  );
}

function FolderLine(): ReactElement {
  const messages = useMessages();
  const destination = useUpscaleRoom((state) => state.destination);
  const folder = useForecast((state) => state.folder);
  const choose = async (): Promise<void> => {
    const chosen = await chooseFolder("destination");
    if (chosen !== null) useUpscaleRoom.setState({ destination: chosen });
  };
  return (
    <div className={css.row}>
      <span>{messages.upscale.folder}</span>
      <div className={css.value}>
        <span
          className={destination === null ? css.ownFolder : css.path}
          title={destination?.path ?? folder ?? undefined}
        >
          {destination === null ? messages.upscale.ownFolder : <bdi>{destination.path}</bdi>}
        </span>
        {destination !== null && (
          <IconButton
            icon="close"
            label={messages.upscale.useOwnFolder}
            onClick={() => useUpscaleRoom.setState({ destination: null })}
          />
        )}
        <Button
          icon="folder"
          aria-label={`${messages.upscale.folder}: ${messages.upscale.chooseFolder}`}
          onClick={() => void choose()}
        >
          {messages.upscale.chooseFolder}
        </Button>
      </div>
    </div>
  );
}

const nameFields = ["name", "model", "scale", "width", "height", "date"] as const;

/** The pattern, chips that write fields into it, and what it makes of the photo that is shown. */
function NameLines({ photo }: { readonly photo: PhotoRow }): ReactElement {
  const messages = useMessages();
  const pattern = useLibrary((state) => state.preferences.upscale.pattern);
  const example = useForecast((state) => state.photos.get(photo.id)?.name ?? null);
  const input = useRef<HTMLInputElement>(null);
  const exampleId = useId();
  // An empty pattern names nothing: it is shown, and not remembered.
  const [isEmpty, setEmpty] = useState(false);
  useWrongField(isEmpty);
  const write = (next: string): void => {
    setEmpty(next === "");
    if (next !== "") remember({ pattern: next });
  };
  const insert = (field: string): void => {
    const { current } = input;
    if (current === null) return;
    const from = current.selectionStart ?? current.value.length;
    const to = current.selectionEnd ?? from;
    const next = `${current.value.slice(0, from)}{${field}}${current.value.slice(to)}`;
    if (next.length > 200) return;
    write(next);
    const at = from + field.length + 2;
    requestAnimationFrame(() => current.setSelectionRange(at, at));
  };
  return (
    <>
      <Line label={messages.upscale.naming}>
        {(id) => (
          <input
            id={id}
            ref={input}
            className={`${ui.field} ${css.pattern}`}
            value={isEmpty ? "" : pattern}
            aria-invalid={isEmpty}
            maxLength={200}
            spellCheck={false}
            autoComplete="off"
            aria-describedby={exampleId}
            onChange={({ target }) => write(target.value)}
          />
        )}
      </Line>
      <div className={css.under}>
        <fieldset className={css.chips}>
          <legend>{messages.upscale.insertField}</legend>
          {nameFields.map((field) => (
            <button
              key={field}
              type="button"
              className={css.chip}
              data-tip={`{${field}}`}
              onMouseDown={(event) => event.preventDefault()}
              onClick={() => insert(field)}
            >
              {messages.upscale.nameFields[field]}
            </button>
          ))}
        </fieldset>
        <p id={exampleId} className={css.example} aria-live="polite">
          {isEmpty ? (
            <span className={css.problem}>{messages.upscale.nameEmpty}</span>
          ) : (
            <>
              {messages.example}: <b>{example ?? messages.noExample}</b>
            </>
          )}
        </p>
      </div>
    </>
  );
}
