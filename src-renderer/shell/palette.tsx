import { type KeyboardEvent, type ReactElement, useEffect, useMemo, useRef, useState } from "react";
import { type CommandId, commands, menuGroups } from "../../src-preload/contract/commands.ts";
import { fuzzyMatch } from "../commands/fuzzy.ts";
import { isMac } from "../commands/keyboard.ts";
import { commandIds, showKey } from "../commands/keys.ts";
import { isEnabled, runCommand } from "../commands/registry.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { openPanel } from "../state/view-store.ts";
import { Dialog } from "../ui/dialog.tsx";
import css from "./palette.module.css";

interface Found {
  readonly id: CommandId;
  readonly title: string;
  readonly hits: ReadonlySet<number>;
}

/** Every command by name, in either language: what is possible now, best match first. */
export function Palette(): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const [query, setQuery] = useState("");
  const [at, setAt] = useState(0);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => find(query, language), [query, language]);
  const active = found[Math.min(at, found.length - 1)];
  useEffect(() => {
    if (active !== undefined) {
      list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
    }
  }, [active]);

  const run = (id: CommandId): void => {
    openPanel(null);
    runCommand(id);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.nativeEvent.isComposing) return;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.code];
    if (step !== undefined) {
      event.preventDefault();
      setAt((Math.min(at, found.length - 1) + step + found.length) % Math.max(1, found.length));
    } else if (event.code === "Enter" && active !== undefined) {
      event.preventDefault();
      run(active.id);
    }
  };
  return (
    <Dialog title={messages.paletteTitle} headless onClose={() => openPanel(null)} width={560} top>
      <input
        className={css.input}
        role="combobox"
        aria-expanded="true"
        aria-controls="palette-list"
        aria-activedescendant={active === undefined ? undefined : `palette-${active.id}`}
        aria-label={messages.palettePlaceholder}
        placeholder={messages.palettePlaceholder}
        spellCheck={false}
        value={query}
        onKeyDown={onKeyDown}
        onChange={(event) => {
          setQuery(event.target.value);
          setAt(0);
        }}
      />
      <div
        ref={list}
        id="palette-list"
        className={css.list}
        role="listbox"
        aria-label={messages.paletteTitle}
        tabIndex={-1}
      >
        {found.map(({ id, title, hits }) => (
          // Keys reach it through the field above, which holds the focus.
          <div
            key={id}
            id={`palette-${id}`}
            className={css.item}
            role="option"
            tabIndex={-1}
            aria-selected={id === active?.id}
            onPointerMove={() => setAt(found.findIndex((command) => command.id === id))}
            onClick={() => run(id)}
            onKeyDown={onKeyDown}
          >
            <span className={css.group}>{menuGroups[commands[id].group][language]}</span>
            <span className={css.title}>
              {[...title].map((letter, index) =>
                // biome-ignore lint/suspicious/noArrayIndexKey: letters are told apart by their place
                hits.has(index) ? <b key={index}>{letter}</b> : letter,
              )}
            </span>
            <Keys id={id} />
          </div>
        ))}
      </div>
      {found.length === 0 && <p className={css.nothing}>{messages.paletteEmpty}</p>}
    </Dialog>
  );
}

function Keys({ id }: { readonly id: CommandId }): ReactElement | null {
  const [key] = commands[id].keys;
  return key === undefined ? null : <kbd className={css.key}>{showKey(key, isMac)}</kbd>;
}

function find(query: string, language: "en" | "ko"): Found[] {
  const found = commandIds
    .filter((id) => id !== "help.palette" && isEnabled(id))
    .flatMap((id): (Found & { score: number })[] => {
      const title = commands[id].title[language];
      const match = fuzzyMatch(query, title);
      if (match !== null) return [{ id, title, hits: new Set(match.hits), score: match.score }];
      const other = fuzzyMatch(query, commands[id].title[language === "en" ? "ko" : "en"]);
      return other === null ? [] : [{ id, title, hits: new Set(), score: other.score - 1 }];
    });
  return query.trim() === "" ? found : found.sort((a, b) => b.score - a.score);
}
