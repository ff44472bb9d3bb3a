import { type ReactElement, useId } from "react";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import css from "./screens.module.css";

/** Whether photos are read where they are or copied into the library. Only where a path can be read in place. */
export function ImportModeChoice(): ReactElement {
  const messages = useMessages();
  const importMode = useLibrary((state) => state.preferences.importMode);
  const name = useId();
  return (
    <fieldset className={css.choice}>
      <legend className="visually-hidden">{messages.importMode}</legend>
      {(["reference", "copy"] as const).map((mode) => (
        <label key={mode}>
          <input
            type="radio"
            name={name}
            checked={importMode === mode}
            onChange={() => void setPreferences({ importMode: mode })}
          />
          <span>
            {mode === "reference" ? messages.importReference : messages.importCopy}
            <small>
              {mode === "reference" ? messages.importReferenceHint : messages.importCopyHint}
            </small>
          </span>
        </label>
      ))}
    </fieldset>
  );
}
