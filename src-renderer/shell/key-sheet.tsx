import type { ReactElement } from "react";
import { commands, menuGroups } from "../../src-preload/contract/commands.ts";
import { isMac } from "../commands/keyboard.ts";
import { commandIds, showKey } from "../commands/keys.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { openPanel } from "../state/view-store.ts";
import { Dialog } from "../ui/dialog.tsx";
import ui from "../ui/ui.module.css";
import css from "./palette.module.css";

/** All keys on one page, from the same list that the keys are heard by. */
export function KeySheet(): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const sections = Map.groupBy(
    commandIds.filter((id) => commands[id].keys.length > 0),
    (id) => commands[id].group,
  );
  return (
    <Dialog title={messages.keysTitle} onClose={() => openPanel(null)} width={960} isText>
      <div className={css.sheet}>
        {[...sections].map(([group, ids]) => (
          <section key={group}>
            <h3>{menuGroups[group][language]}</h3>
            <ul>
              {ids.map((id) => (
                <Row key={id} name={commands[id].title[language]} keys={commands[id].keys} />
              ))}
              {group === "compare" && (
                <>
                  <Row name={messages.keysCandidate} keys={commands["stack.accept"].keys} />
                  <Row
                    name={messages.keysReference}
                    keys={commands["stack.acceptAndReject"].keys}
                  />
                </>
              )}
            </ul>
          </section>
        ))}
        <section>
          <h3>{messages.keysMoving}</h3>
          <ul>
            <Row name={messages.keysArrows} keys={["ArrowLeft", "ArrowRight"]} />
            <Row name={messages.keysRows} keys={["ArrowUp", "ArrowDown"]} />
            <Row name={messages.keysRange} keys={["Shift+ArrowRight"]} />
            <Row name={messages.keysBack} keys={["Escape"]} />
          </ul>
        </section>
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
