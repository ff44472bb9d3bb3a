import { type ReactElement, useEffect, useId, useState } from "react";
import { preferencesSchema } from "../../src-preload/contract/preferences.ts";
import { CommandButton } from "../commands/command-button.tsx";
import { door } from "../door/door.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import { useSidecarWriting } from "../state/sidecar-writing.ts";
import ui from "../ui/ui.module.css";
import css from "./settings-dialog.module.css";

const { pickAs, onConflict } = preferencesSchema.shape.xmp.unwrap().shape;
const pickChoices = pickAs.unwrap().options;
const conflictChoices = onConflict.unwrap().options;

/** Sidecars: whether Kiln writes them, what a pick is in them, and who is right when they differ. */
export function XmpSettings(): ReactElement {
  const messages = useMessages();
  const xmp = useLibrary((state) => state.preferences.xmp);
  const [pickId, conflictId] = [useId(), useId()];
  return (
    <fieldset className={css.part}>
      <legend>{messages.xmpTitle}</legend>
      <label className={css.check}>
        <input
          type="checkbox"
          checked={xmp.write}
          onChange={(event) =>
            void setPreferences({ xmp: { ...xmp, write: event.target.checked } })
          }
        />
        {messages.xmpWrite}
      </label>
      <p className={css.note}>{messages.xmpJpegNote}</p>
      <div className={css.row}>
        <div className={css.label}>
          <label htmlFor={pickId}>{messages.xmpPickAs}</label>
          <small>{messages.xmpPickHint}</small>
        </div>
        <select
          id={pickId}
          className={ui.select}
          disabled={!xmp.write}
          value={xmp.pickAs}
          onChange={(event) => {
            const chosen = pickAs.unwrap().safeParse(event.target.value);
            if (chosen.success) void setPreferences({ xmp: { ...xmp, pickAs: chosen.data } });
          }}
        >
          {pickChoices.map((choice) => (
            <option key={choice} value={choice}>
              {messages.xmpPicks[choice]}
            </option>
          ))}
        </select>
      </div>
      <div className={css.row}>
        <div className={css.label}>
          <label htmlFor={conflictId}>{messages.xmpConflict}</label>
        </div>
        <select
          id={conflictId}
          className={ui.select}
          value={xmp.onConflict}
          onChange={(event) => {
            const chosen = onConflict.unwrap().safeParse(event.target.value);
            if (chosen.success) void setPreferences({ xmp: { ...xmp, onConflict: chosen.data } });
          }}
        >
          {conflictChoices.map((choice) => (
            <option key={choice} value={choice}>
              {messages.xmpConflicts[choice]}
            </option>
          ))}
        </select>
      </div>
      <Unwritten />
    </fieldset>
  );
}

type Unwritten = Awaited<ReturnType<typeof door.library.unwrittenSidecars>>;

/** Decisions that no sidecar could take, each with why; nothing while there are none. */
function Unwritten(): ReactElement | null {
  const messages = useMessages();
  const localized = useLocalized();
  const [unwritten, setUnwritten] = useState<Unwritten | null>(null);
  const canWrite = useLibrary(
    ({ preferences, rootId }) => preferences.xmp.write && rootId !== null,
  );
  const writing = useSidecarWriting();
  // biome-ignore lint/correctness/useExhaustiveDependencies: `writing` says when the list is another one
  useEffect(() => {
    let isWanted = true;
    void attempt(() => door.library.unwrittenSidecars()).then((answer) => {
      if (isWanted) setUnwritten(answer);
    });
    return () => {
      isWanted = false;
    };
  }, [writing]);
  if (unwritten === null || unwritten.count === 0) return null;
  const { count, photos } = unwritten;
  return (
    <section className={css.unwritten} aria-label={messages.xmpUnwritten(count)}>
      <header>
        <h3>{messages.xmpUnwritten(count)}</h3>
        {canWrite && <CommandButton id="file.writeSidecars" icon="apply" tone="plain" />}
      </header>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by the keyboard, too */}
      <ul tabIndex={0}>
        {photos.map(({ photoId, path, reason }) => (
          <li key={photoId}>
            <span>{localized(reason)}</span>
            <small>{path}</small>
          </li>
        ))}
        {count > photos.length && <li>{messages.xmpUnwrittenMore(count - photos.length)}</li>}
      </ul>
    </section>
  );
}
