import { type DragEvent, type ReactElement, type ReactNode, useRef, useState } from "react";
import { leaveField } from "../commands/keyboard.ts";
import { useMessages } from "../messages/language.ts";
import { useLibrary } from "../state/library-store.ts";
import { takeDrop } from "../state/opening.ts";
import screens from "./screens.module.css";
import css from "./window.module.css";

/** The whole window takes what is dropped on it. */
export function DropZone({ children }: { readonly children: ReactNode }): ReactElement {
  const messages = useMessages();
  const importMode = useLibrary((state) => state.preferences.importMode);
  const givesPaths = useLibrary((state) => state.info?.host === "electron");
  const [isOver, setIsOver] = useState(false);
  /** Elements below the pointer come and go: the drag has left when as many were left as were entered. */
  const depth = useRef(0);
  const isCopy = !givesPaths || importMode === "copy";

  const follow = (change: 1 | -1) => (event: DragEvent) => {
    if (!carriesFiles(event)) return;
    event.preventDefault();
    depth.current = Math.max(0, depth.current + change);
    if (change === -1 && event.relatedTarget === null) depth.current = 0;
    setIsOver(depth.current > 0);
  };
  return (
    // Dropping has its own way for keyboards: 'Open folder…'.
    // biome-ignore lint/a11y/noStaticElementInteractions: the window itself is the target
    <div
      className={css.window}
      onDragEnter={follow(1)}
      onDragLeave={follow(-1)}
      onDragOver={(event) => {
        if (!carriesFiles(event)) return;
        event.preventDefault();
        event.dataTransfer.dropEffect = "copy";
      }}
      onMouseDown={(event) => {
        if (!isPlainButton(event.target)) return;
        event.preventDefault();
        leaveField();
      }}
      onDrop={(event) => {
        event.preventDefault();
        depth.current = 0;
        setIsOver(false);
        void takeDrop(event.dataTransfer);
      }}
    >
      {children}
      {isOver && (
        <div className={screens.drop}>
          <div className={screens.dropFrame}>
            <strong>{messages.dropNow}</strong>
            <span>{isCopy ? messages.importCopyHint : messages.importReferenceHint}</span>
          </div>
        </div>
      )}
    </div>
  );
}

function carriesFiles(event: DragEvent): boolean {
  return event.dataTransfer.types.includes("Files");
}

/** A click on a button of the bars leaves the keyboard with the photos: the next key is meant for them. */
function isPlainButton(target: EventTarget): boolean {
  if (!(target instanceof Element)) return false;
  return target.closest("button") !== null && target.closest("dialog, [popover]") === null;
}
