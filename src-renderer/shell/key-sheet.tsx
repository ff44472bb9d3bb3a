import type { ReactElement } from "react";
import { commands, menuGroups } from "../../src-preload/contract/commands.ts";
import { isMac } from "../commands/keyboard.ts";
import { commandIds, showKey } from "../commands/keys.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { openPanel } from "../state/view-store.ts";
import { Dialog } from "../ui/dialog.tsx";
import ui from "../ui/ui.module.css";
import css from "./palette.module.css";

interface Section {
  readonly title: string;
  readonly rows: readonly (readonly [name: string, keys: readonly string[]])[];
}

/** All keys on one page, from the same list that the keys are heard by. */
export function KeySheet(): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const withKeys = commandIds.filter((id) => commands[id].keys.length > 0);
  const groups = [...Map.groupBy(withKeys, (id) => commands[id].group)].map(
    ([group, ids]): Section => ({
      title: menuGroups[group][language],
      rows: [
        // What these mean elsewhere is said among the stack's commands.
        ...(group === "compare"
          ? ([
              [messages.keysCandidate, commands["stack.accept"].keys],
              [messages.keysReference, commands["stack.acceptAndReject"].keys],
            ] as const)
          : []),
        ...ids.map((id) => [commands[id].title[language], commands[id].keys] as const),
      ],
    }),
  );
  const moving: Section = {
    title: messages.keysMoving,
    rows: [
      [messages.keysArrows, ["ArrowLeft", "ArrowRight"]],
      [messages.keysRows, ["ArrowUp", "ArrowDown"]],
      [messages.keysRange, ["Shift+ArrowRight"]],
      [messages.keysBack, ["Escape"]],
    ],
  };
  const sections = [...groups, moving];
  const longest = Math.max(...sections.map(({ rows }) => rows.length));
  // The longest one has the last column for itself, so that the columns are about even.
  const inColumns = sections.toSorted(
    (a, b) => Number(a.rows.length === longest) - Number(b.rows.length === longest),
  );
  return (
    <Dialog title={messages.keysTitle} onClose={() => openPanel(null)} width={960} isText>
      <div className={css.sheet}>
        {inColumns.map(({ title, rows }) => (
          <section key={title}>
            <h3>{title}</h3>
            <ul>
              {rows.map(([name, keys]) => (
                <Row key={name} name={name} keys={keys} />
              ))}
            </ul>
          </section>
        ))}
      </div>
    </Dialog>
  );
}

function Row(props: { readonly name: string; readonly keys: readonly string[] }): ReactElement {
  // The number pad does the same; saying so on every line would help nobody.
  const shown = props.keys.filter((key) => !key.startsWith("Numpad"));
  return (
    <li>
      <span>{props.name}</span>
      <span>
        {shown.map((key) => (
          <kbd key={key} className={ui.kbd}>
            {showKey(key, isMac)}
          </kbd>
        ))}
      </span>
    </li>
  );
}
