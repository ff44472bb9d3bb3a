import type { ReactElement } from "react";
import { type CommandId, commands } from "../../src-preload/contract/commands.ts";
import type { Root } from "../../src-preload/contract/library.ts";
import { CommandButton } from "../commands/command-button.tsx";
import { CommandItem } from "../commands/command-item.tsx";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import { runCommand } from "../commands/registry.ts";
import type { Messages } from "../messages/en.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { isFiltering } from "../state/filters.ts";
import { showRoot, useLibrary, useRoot } from "../state/library-store.ts";
import { type SortKey, useView, type ViewMode } from "../state/view-store.ts";
import { Icon, type IconName } from "../ui/icons.tsx";
import { MenuButton, MenuChoice, MenuHeading, MenuSeparator } from "../ui/menu.tsx";
import css from "./window.module.css";

export function TopBar(): ReactElement {
  const messages = useMessages();
  const language = useLanguage();
  const canUndo = useLibrary((state) => state.undo !== null);
  const canRedo = useLibrary((state) => state.redo !== null);
  const showFilters = useView((state) => state.showFilters);
  // What these are about is not on the screen there.
  const isUpscaling = useView((state) => state.mode === "upscale");
  const filtering = useView((state) => isFiltering(state.filters));
  const showPanels = useLibrary((state) => state.preferences.showPanels);
  const stacksCollapsed = useLibrary((state) => state.preferences.stacksCollapsed);
  const more: readonly (CommandId | null)[] = [
    "help.palette",
    "help.keys",
    "file.settings",
    null,
    "file.refresh",
    "view.fullscreen",
    "help.diagnostics",
  ];
  return (
    <header className={css.top}>
      <h1 className="visually-hidden">Kiln</h1>
      <div className={css.start}>
        <RootMenu />
        <span className={css.divider} />
        <CommandButton id="edit.undo" icon="undo" disabled={!canUndo} />
        <CommandButton id="edit.redo" icon="redo" disabled={!canRedo} />
      </div>
      <nav className={css.views} aria-label={messages.views}>
        <ViewButton mode="grid" id="view.grid" icon="grid" />
        <ViewButton mode="loupe" id="view.loupe" icon="loupe" />
        <ViewButton mode="compare" id="view.compare" icon="compare" />
        <ViewButton mode="survey" id="view.survey" icon="survey" />
        <ViewButton mode="upscale" id="photo.upscale" icon="upscale" />
      </nav>
      <div className={css.end}>
        {!isUpscaling && (
          <>
            <CommandButton id="view.filters" icon="filter" pressed={showFilters || filtering} />
            <SortMenu />
            <CommandButton id="stack.collapseAll" icon="stack" pressed={stacksCollapsed} />
            <CommandButton id="view.panels" icon="info" pressed={showPanels} />
          </>
        )}
        <MenuButton label={messages.more} icon="more">
          {() =>
            more.map((id) =>
              id === null ? <MenuSeparator key="line" /> : <CommandItem key={id} id={id} />,
            )
          }
        </MenuButton>
        <span className={css.apply}>
          <CommandButton id="file.apply" icon="apply" tone="primary" key={language} />
        </span>
      </div>
    </header>
  );
}

function ViewButton(props: {
  readonly mode: ViewMode;
  readonly id: CommandId;
  readonly icon: IconName;
}): ReactElement {
  const { mode, id, icon } = props;
  const language = useLanguage();
  const isShown = useView((state) => state.mode === mode);
  const title = commands[id].title[language].replace(/…$/, "");
  const [key] = commands[id].keys;
  return (
    <button
      type="button"
      className={css.viewButton}
      aria-pressed={isShown}
      aria-label={title}
      data-tip={title}
      data-keys={key === undefined ? undefined : showKey(key, isMac)}
      onClick={() => runCommand(id)}
    >
      <Icon name={icon} />
      <span className={css.viewText}>{title}</span>
    </button>
  );
}

/** The shown folder and the ones before it. */
function RootMenu(): ReactElement {
  const messages = useMessages();
  const roots = useLibrary((state) => state.roots);
  const root = useRoot();
  const name = root === null ? "" : nameOf(root, messages);
  return (
    <MenuButton
      label={messages.folder}
      icon="folder"
      className={css.rootButton}
      text={<span className={css.rootName}>{name}</span>}
    >
      {() => (
        <>
          <CommandItem id="file.open" />
          <CommandItem id="file.sample" />
          <MenuSeparator />
          <MenuHeading>{messages.recentFolders}</MenuHeading>
          {roots.slice(0, 12).map((recent) => (
            <MenuChoice
              key={recent.id}
              isChecked={recent.id === root?.id}
              detail={recent.state === "missing" ? messages.folderGone : recent.path}
              onChoose={() => void attempt(() => showRoot(recent.id))}
            >
              {nameOf(recent, messages)}
            </MenuChoice>
          ))}
          <MenuSeparator />
          <CommandItem id="file.refresh" />
          <CommandItem id="file.writeSidecars" />
          <CommandItem id="file.forget" />
        </>
      )}
    </MenuButton>
  );
}

/** The sample project has a name of its own; a folder is called what it is called. */
function nameOf(root: Root, messages: Messages): string {
  return root.kind === "sample" ? messages.sampleName : root.name;
}

const sortKeys: readonly SortKey[] = ["time", "name", "stars", "score"];

function SortMenu(): ReactElement {
  const messages = useMessages();
  const sort = useView((state) => state.sort);
  const names: Record<SortKey, string> = {
    time: messages.sortTime,
    name: messages.sortName,
    stars: messages.sortStars,
    score: messages.sortScore,
  };
  return (
    <MenuButton label={`${messages.sortBy}: ${names[sort.key]}`} icon="sort">
      {() => (
        <>
          {sortKeys.map((key) => (
            <MenuChoice
              key={key}
              isChecked={key === sort.key}
              onChoose={() =>
                useView.setState({
                  sort: { key, descending: key === "stars" || key === "score" },
                })
              }
            >
              {names[key]}
            </MenuChoice>
          ))}
          <MenuSeparator />
          {[false, true].map((descending) => (
            <MenuChoice
              key={String(descending)}
              isChecked={descending === sort.descending}
              onChoose={() => useView.setState({ sort: { ...sort, descending } })}
            >
              {descending ? messages.descending : messages.ascending}
            </MenuChoice>
          ))}
        </>
      )}
    </MenuButton>
  );
}
