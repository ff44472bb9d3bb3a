import {
  type KeyboardEvent,
  type ReactElement,
  useEffect,
  useLayoutEffect,
  useRef,
  useState,
} from "react";
import type { FolderListing } from "../../src-preload/contract/library.ts";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import { door } from "../door/door.ts";
import { useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { type ChosenFolder, useFolderQuestion } from "../state/folder-choice.ts";
import { Button, IconButton } from "../ui/button.tsx";
import { Dialog } from "../ui/dialog.tsx";
import { Icon } from "../ui/icons.tsx";
import ui from "../ui/ui.module.css";
import { useFocus } from "../ui/use-focus.ts";
import css from "./folder-dialog.module.css";
import { ImportModeChoice } from "./import-mode.tsx";
import { walkTo } from "./walk-to.ts";

/** The host's own folder list, for hosts without a system dialog. Shown while `chooseFolder` waits. */
export function FolderDialog(): ReactElement | null {
  const question = useFolderQuestion((state) => state.question);
  if (question === null) return null;
  return <FolderList purpose={question.purpose} answer={question.answer} />;
}

/** Where each question was answered last, for as long as the window is open: tokens mean nothing after it. */
const lastPlaces = new Map<string, string>();

function ask(token: string | null): Promise<FolderListing> {
  return door.sources.list({ token });
}

function FolderList(props: {
  readonly purpose: "import" | "destination";
  readonly answer: (folder: ChosenFolder | null) => void;
}): ReactElement {
  const { purpose, answer } = props;
  const messages = useMessages();
  const [listing, setListing] = useState<FolderListing | null>(null);
  /** What was typed over the path; null while it says where the list is. */
  const [typed, setTyped] = useState<string | null>(null);
  const [missing, setMissing] = useState<string | null>(null);
  const list = useRef<HTMLUListElement>(null);
  const field = useRef<HTMLInputElement>(null);
  /** Token of the list before. */
  const before = useRef<string | null>(null);
  const isImport = purpose === "import";

  const show = (next: FolderListing): void => {
    before.current = listing?.token ?? null;
    setListing(next);
    setTyped(null);
    setMissing(null);
  };
  const load = async (work: () => Promise<FolderListing>): Promise<void> => {
    const loaded = await attempt(work);
    if (loaded !== null) show(loaded);
  };
  const isGoing = useRef(false);
  /** While one list is under way, a second Enter would be for rows that are not there yet: it is left out. */
  const go = async (token: string | null): Promise<void> => {
    if (isGoing.current) return;
    isGoing.current = true;
    await load(() => ask(token));
    isGoing.current = false;
  };
  // biome-ignore lint/correctness/useExhaustiveDependencies: once: where it was last, or where the host suggests
  useEffect(() => {
    const last = lastPlaces.get(purpose) ?? null;
    void load(() =>
      ask(last).catch((error) => (last === null ? Promise.reject(error) : ask(null))),
    );
  }, []);
  // A new list begins at its top, under the keys; one level up at the folder that one comes from. Before it is painted:
  // a key that answers what is seen is for the new list.
  useLayoutEffect(() => {
    if (listing === null) return;
    const rows = rowsOf(list.current);
    const from = rows.find((row) => row.dataset.token === before.current);
    (from ?? rows[0] ?? list.current)?.focus();
    from?.scrollIntoView({ block: "center" });
    // The end of a long path says more than its beginning.
    if (field.current !== null) field.current.scrollLeft = field.current.scrollWidth;
  }, [listing]);

  const canUse = listing !== null && (isImport || listing.writable);
  const use = (folder = listing): void => {
    if (folder === null || !(isImport || folder.writable)) return;
    lastPlaces.set(purpose, folder.token);
    answer({ token: folder.token, path: folder.path });
  };
  const walk = async (andUse: boolean): Promise<void> => {
    if (listing === null || typed === null) {
      if (andUse) use();
      return;
    }
    const walked = await attempt(() => walkTo(typed, listing, ask));
    if (walked === null) return;
    if (walked.missing === null) show(walked.listing);
    else setMissing(messages.noSuchFolder(walked.missing, walked.listing.path));
    if (andUse && walked.missing === null) use(walked.listing);
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    if (event.code === "Enter" && (event.ctrlKey || event.metaKey)) {
      event.preventDefault();
      use();
    } else if (event.code === "Backspace" && listing?.parent != null) {
      event.preventDefault();
      void go(listing.parent);
    } else if (event.key === "/" || event.key === "~") {
      // The first letter of a path: it is typed into the field, as in other programs' lists.
      event.preventDefault();
      setTyped(event.key);
      field.current?.focus();
    } else moveInList(event, list.current);
  };
  return (
    <Dialog
      title={isImport ? messages.chooseFolder : messages.chooseDestination}
      bare
      width={620}
      onClose={() => answer(null)}
      footer={
        <>
          {!isImport && listing !== null && (
            <NewFolder
              onMake={(name) =>
                load(() => door.sources.makeFolder({ parent: listing.token, name }))
              }
            />
          )}
          <span className={css.space}>{isImport && <ImportModeChoice />}</span>
          <Button onClick={() => answer(null)}>{messages.cancel}</Button>
          <Button
            tone="primary"
            disabled={!canUse && typed === null}
            onClick={() => void walk(true)}
          >
            {isImport ? messages.openFolder : messages.useFolder}
            <kbd className={ui.kbdOnStrong}>{showKey("Mod+Enter", isMac)}</kbd>
          </Button>
        </>
      }
    >
      <form
        className={css.path}
        onSubmit={(event) => {
          event.preventDefault();
          void walk(false);
        }}
      >
        <IconButton
          icon="up"
          label={messages.parentFolder}
          shortcut="Backspace"
          disabled={listing?.parent == null}
          onClick={() => void go(listing?.parent ?? null)}
        />
        <input
          ref={field}
          className={css.pathText}
          aria-label={messages.folderPath}
          aria-invalid={missing !== null}
          spellCheck={false}
          // What is typed leads on from a list: there must be one.
          disabled={listing === null}
          value={typed ?? listing?.path ?? ""}
          onChange={(event) => {
            setTyped(event.target.value);
            setMissing(null);
          }}
          onKeyDown={(event) => {
            if (event.code !== "Enter" || !(event.ctrlKey || event.metaKey)) return;
            event.preventDefault();
            void walk(true);
          }}
        />
        {listing !== null && (
          <span className={css.count}>
            {!isImport && !listing.writable
              ? messages.notWritable
              : listing.photoCount > 0
                ? messages.photos(listing.photoCount)
                : ""}
          </span>
        )}
      </form>
      {missing !== null && (
        <p role="alert" className={css.missing}>
          {missing}
        </p>
      )}
      <ul ref={list} className={css.list} tabIndex={-1} onKeyDown={onKeyDown}>
        {listing?.folders.map((folder) => (
          <li key={folder.token}>
            <button
              type="button"
              className={css.row}
              data-token={folder.token}
              onClick={() => void go(folder.token)}
            >
              <Icon name="folder" />
              <span className={css.name}>{folder.name}</span>
              {folder.photoCount > 0 && (
                <span className={css.count}>
                  {folder.photoCount >= 999 ? "999+" : messages.photos(folder.photoCount)}
                </span>
              )}
            </button>
          </li>
        ))}
        {listing?.folders.length === 0 && <li className={css.none}>{messages.noFolders}</li>}
      </ul>
    </Dialog>
  );
}

function NewFolder(props: { readonly onMake: (name: string) => Promise<void> }): ReactElement {
  const messages = useMessages();
  const [isAsking, setIsAsking] = useState(false);
  if (!isAsking) return <Button onClick={() => setIsAsking(true)}>{messages.newFolder}</Button>;
  return (
    <NewFolderName
      onMake={(name) => {
        setIsAsking(false);
        void props.onMake(name);
      }}
    />
  );
}

function NewFolderName(props: { readonly onMake: (name: string) => void }): ReactElement {
  const messages = useMessages();
  const [name, setName] = useState("");
  const input = useFocus<HTMLInputElement>();
  return (
    <form
      className={css.make}
      onSubmit={(event) => {
        event.preventDefault();
        if (name.trim() !== "") props.onMake(name.trim());
      }}
    >
      <input
        ref={input}
        className={ui.field}
        aria-label={messages.newFolderName}
        placeholder={messages.newFolderName}
        maxLength={120}
        value={name}
        onChange={(event) => setName(event.target.value)}
      />
      <Button type="submit" disabled={name.trim() === ""}>
        {messages.make}
      </Button>
    </form>
  );
}

function rowsOf(list: HTMLElement | null): HTMLElement[] {
  return [...(list?.querySelectorAll<HTMLElement>("button") ?? [])];
}

/** Arrows, Home and End go through the rows; a letter goes to the next row that begins with it. */
function moveInList(event: KeyboardEvent, list: HTMLElement | null): void {
  const rows = rowsOf(list);
  const at = rows.findIndex((row) => row.matches(":focus"));
  const typed = event.key.length === 1 && !event.ctrlKey && !event.metaKey && event.key !== " ";
  const next = typed
    ? [...rows.keys()]
        .map((step) => (at + 1 + step) % rows.length)
        .find((index) => startsWith(rows[index], event.key))
    : { ArrowDown: at + 1, ArrowUp: at - 1, Home: 0, End: rows.length - 1 }[event.code];
  if (next === undefined) return;
  event.preventDefault();
  rows[Math.max(0, Math.min(rows.length - 1, next))]?.focus();
}

function startsWith(row: HTMLElement | undefined, letter: string): boolean {
  const text = row?.textContent.trim().toLocaleLowerCase() ?? "";
  return text.startsWith(letter.toLocaleLowerCase());
}
