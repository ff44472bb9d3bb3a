import type { ReactElement } from "react";
import type { Problem } from "../../src-preload/contract/problem.ts";
import { runCommand } from "../commands/registry.ts";
import { useLocalized, useMessages } from "../messages/language.ts";
import { Button } from "../ui/button.tsx";
import { Icon } from "../ui/icons.tsx";
import css from "./screens.module.css";

/** Kiln could not start: what happened, and what to do. */
export function ProblemScreen({ problem }: { readonly problem: Problem }): ReactElement {
  const messages = useMessages();
  const localized = useLocalized();
  return (
    <main className={css.screen}>
      <div className={css.card} role="alert">
        <span className={css.problemMark}>
          <Icon name="warning" />
        </span>
        <h1>{localized(problem.happened)}</h1>
        <p>{localized(problem.todo)}</p>
        <div className={css.actions}>
          <Button tone="primary" onClick={() => location.reload()}>
            {messages.tryAgain}
          </Button>
          <Button onClick={() => runCommand("help.diagnostics")}>{messages.copyDiagnostics}</Button>
        </div>
      </div>
    </main>
  );
}
