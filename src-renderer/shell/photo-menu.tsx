import { type ReactElement, type ReactNode, useState } from "react";
import type { CommandId } from "../../src-preload/contract/commands.ts";
import { CommandItem } from "../commands/command-item.tsx";
import { photoAt } from "../grid/click.ts";
import { useMessages } from "../messages/language.ts";
import { activate, useView } from "../state/view-store.ts";
import { ContextMenu, MenuSeparator } from "../ui/menu.tsx";

const items: readonly (CommandId | null)[] = [
  "photo.pick",
  "photo.reject",
  "photo.unflag",
  null,
  "stack.accept",
  "stack.acceptAndReject",
  "stack.compareTie",
  "stack.choose",
  "stack.split",
  "stack.merge",
  "stack.dissolve",
  "stack.similar",
  null,
  "view.loupe",
  "view.compare",
  "view.survey",
  null,
  "photo.upscale",
  "photo.rotateLeft",
  "photo.rotateRight",
  "photo.reveal",
];

/** The right-click menu of photos; the menu key opens it at the active one. */
export function PhotoMenu({ children }: { readonly children: ReactNode }): ReactElement {
  const messages = useMessages();
  const [at, setAt] = useState<{ readonly x: number; readonly y: number } | null>(null);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: the menu key fires the same event
    <div
      data-view
      onContextMenu={(event) => {
        const photoId = photoAt(event);
        const { selection, activeId } = useView.getState();
        if (photoId !== null && !selection.has(photoId)) activate(photoId);
        if (photoId === null && activeId === null) return;
        event.preventDefault();
        setAt({ x: event.clientX, y: event.clientY });
      }}
    >
      {children}
      {at !== null && (
        <ContextMenu label={messages.photoMenu} x={at.x} y={at.y} onClose={() => setAt(null)}>
          {items.map((id, index) =>
            id === null ? (
              // biome-ignore lint/suspicious/noArrayIndexKey: the list never changes
              <MenuSeparator key={index} />
            ) : (
              <CommandItem key={id} id={id} />
            ),
          )}
        </ContextMenu>
      )}
    </div>
  );
}
