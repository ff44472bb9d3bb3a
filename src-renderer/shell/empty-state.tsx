import type { ReactElement } from "react";
import { runCommand } from "../commands/registry.ts";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import { useFocus } from "../ui/use-focus.ts";
import { ImportModeChoice } from "./import-mode.tsx";
import css from "./screens.module.css";

/** Before anything was dropped. */
export function EmptyState(): ReactElement {
  const messages = useMessages();
  const open = useFocus<HTMLButtonElement>();
  const givesPaths = useLibrary((state) => state.info?.host === "electron");
  return (
    <main className={css.screen}>
      <div className={css.target}>
        <span className={css.mark}>
          <Icon name="stack" />
        </span>
        <h1>{messages.emptyTitle}</h1>
        <p>{givesPaths ? messages.emptyText : messages.emptyTextCopies}</p>
        <div className={css.actions}>
          <Button ref={open} tone="primary" icon="folder" onClick={() => runCommand("file.open")}>
            {messages.emptyOpen}
          </Button>
          <Button onClick={() => runCommand("file.sample")}>{messages.emptySample}</Button>
        </div>
        <ImportModeChoice />
      </div>
    </main>
  );
}
