import type { ReactElement } from "react";
import { commands } from "../../src-preload/contract/commands.ts";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import { runCommand } from "../commands/registry.ts";
import { useMessages } from "../messages/language.ts";
import { frameNumber, framesOf } from "../state/bursts.ts";
import { useLibrary } from "../state/library-store.ts";
import { tiedFrames } from "../state/ties.ts";
import ui from "../ui/ui.module.css";
import css from "./verdict.module.css";

/** What to do about a burst that is too close to call: take what is proposed, or look at what is as good. */
export function TieActions({ burstId }: { readonly burstId: number }): ReactElement {
  const messages = useMessages();
  const tied = useLibrary(({ photos }) => tiedFrames(framesOf(photos, burstId)).length);
  const pick = useLibrary(({ photos, bursts }) => {
    const photo = photos.get(bursts.get(burstId)?.pickId ?? 0);
    return photo === undefined ? 1 : frameNumber(photos, photo);
  });
  return (
    <div className={css.actions}>
      <Action id="stack.accept">{messages.tieAccept(pick)}</Action>
      <Action id="stack.compareTie">{messages.tieCompare(tied)}</Action>
    </div>
  );
}

function Action(props: {
  readonly id: "stack.accept" | "stack.compareTie";
  readonly children: string;
}): ReactElement {
  const { id, children } = props;
  return (
    <button
      type="button"
      className={css.action}
      // After a click the keys go on meaning the photo.
      onMouseDown={(event) => event.preventDefault()}
      onClick={() => runCommand(id)}
    >
      {children}
      <kbd className={ui.kbd}>{showKey(commands[id].keys[0], isMac)}</kbd>
    </button>
  );
}
