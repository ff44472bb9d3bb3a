import { type ReactElement, type ReactNode, useId } from "react";
import { runCommand } from "../commands/registry.ts";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import { openPanel } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import ui from "../ui/ui.module.css";
import { BurstGap } from "./burst-gap.tsx";
import { ImportModeChoice } from "./import-mode.tsx";
import css from "./settings-dialog.module.css";
import { TileSize } from "./tile-size.tsx";
import { XmpSettings } from "./xmp-settings.tsx";

const languages = { system: null, en: "English", ko: "한국어" } as const;

export function SettingsDialog(): ReactElement {
  const messages = useMessages();
  const preferences = useLibrary((state) => state.preferences);
  const info = useLibrary((state) => state.info);
  const languageId = useId();
  return (
    <Dialog title={messages.settingsTitle} width={600} onClose={() => openPanel(null)}>
      <div className={css.rows}>
        <Row label={messages.language} htmlFor={languageId}>
          <select
            id={languageId}
            className={ui.select}
            value={preferences.language}
            onChange={(event) => {
              const { value } = event.target;
              if (value === "system" || value === "en" || value === "ko") {
                void setPreferences({ language: value });
              }
            }}
          >
            {Object.entries(languages).map(([value, name]) => (
              <option key={value} value={value}>
                {name ?? messages.languageSystem}
              </option>
            ))}
          </select>
        </Row>
        <Row label={messages.importMode}>
          <ImportModeChoice />
        </Row>
        <Row label={messages.burstGap} hint={messages.burstGapHint}>
          <BurstGap />
        </Row>
        <Row label={messages.tileSize}>
          <TileSize />
        </Row>
        <Check
          label={messages.autoAdvance}
          checked={preferences.autoAdvance}
          onChange={(autoAdvance) => void setPreferences({ autoAdvance })}
        />
        <Check
          label={messages.stacksCollapsed}
          checked={preferences.stacksCollapsed}
          onChange={(stacksCollapsed) => void setPreferences({ stacksCollapsed })}
        />
        <XmpSettings />
        <Row label={messages.libraryPlace}>
          <span className={css.fact}>{info?.libraryPath}</span>
        </Row>
        <Row label={messages.version}>
          <span className={css.fact}>Kiln {info?.version}</span>
          <Button onClick={() => runCommand("help.diagnostics")}>{messages.copyDiagnostics}</Button>
        </Row>
      </div>
    </Dialog>
  );
}

function Row(props: {
  readonly label: string;
  readonly hint?: string;
  readonly htmlFor?: string;
  readonly children: ReactNode;
}): ReactElement {
  const { label, hint, htmlFor, children } = props;
  return (
    <div className={css.row}>
      <div className={css.label}>
        {htmlFor === undefined ? <span>{label}</span> : <label htmlFor={htmlFor}>{label}</label>}
        {hint !== undefined && <small>{hint}</small>}
      </div>
      <div className={css.value}>{children}</div>
    </div>
  );
}

function Check(props: {
  readonly label: string;
  readonly checked: boolean;
  readonly onChange: (checked: boolean) => void;
}): ReactElement {
  return (
    <label className={css.check}>
      <input
        type="checkbox"
        checked={props.checked}
        onChange={(event) => props.onChange(event.target.checked)}
      />
      {props.label}
    </label>
  );
}
