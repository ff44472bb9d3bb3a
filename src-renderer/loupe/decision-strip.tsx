import { type MouseEvent, memo, type ReactElement } from "react";
import type { CommandId } from "../../src-preload/contract/commands.ts";
import { commands } from "../../src-preload/contract/commands.ts";
import { labels, type PhotoRow } from "../../src-preload/contract/photos.ts";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import { runCommand } from "../commands/registry.ts";
import { useLanguage, useMessages } from "../messages/language.ts";
import { Icon } from "../ui/icons.tsx";
import css from "./decision-strip.module.css";

const starCommands = [
  "photo.stars1",
  "photo.stars2",
  "photo.stars3",
  "photo.stars4",
  "photo.stars5",
] as const satisfies readonly CommandId[];

const labelCommands = {
  red: "photo.red",
  yellow: "photo.yellow",
  green: "photo.green",
  blue: "photo.blue",
  purple: "photo.purple",
} as const satisfies Record<string, CommandId>;

/** What a tooltip says of a command, and its key. */
function useTip(): (id: CommandId) => {
  readonly "aria-label": string;
  readonly "data-tip": string;
  readonly "data-keys": string | undefined;
} {
  const language = useLanguage();
  return (id) => {
    const title = commands[id].title[language];
    const [key] = commands[id].keys;
    return {
      "aria-label": title,
      "data-tip": title,
      "data-keys": key === undefined ? undefined : showKey(key, isMac),
    };
  };
}

/** Keeps the focus where it is: after a click the keys go on meaning the photo. */
function keepFocus(event: MouseEvent): void {
  event.preventDefault();
}

type Decisions = Pick<PhotoRow, "flag" | "stars" | "label">;

/** Flag, stars and colour of the active photo, to be seen and to be changed. */
export function DecisionStrip({ photo }: { readonly photo: Decisions }): ReactElement {
  return <Strip flag={photo.flag} stars={photo.stars} label={photo.label} />;
}

/** Most photos are undecided: going from one to the next leaves it as it is. */
const Strip = memo(function Strip(decisions: Decisions): ReactElement {
  const messages = useMessages();
  const tip = useTip();
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the focus
    <div className={css.strip} onMouseDown={keepFocus}>
      <fieldset className={css.group} aria-label={messages.filterFlag}>
        {(["pick", "reject"] as const).map((flag) => {
          const isSet = decisions.flag === flag;
          return (
            <button
              key={flag}
              type="button"
              className={css[flag]}
              {...tip(flag === "pick" ? "photo.pick" : "photo.reject")}
              aria-pressed={isSet}
              onClick={() => runCommand(isSet ? "photo.unflag" : `photo.${flag}`)}
            >
              <Icon name={flag} />
            </button>
          );
        })}
      </fieldset>
      <fieldset className={css.group} aria-label={messages.starRating}>
        {starCommands.map((id, index) => (
          <button
            key={id}
            type="button"
            className={css.star}
            {...tip(id)}
            aria-pressed={decisions.stars === index + 1}
            data-lit={decisions.stars > index || undefined}
            onClick={() => runCommand(decisions.stars === index + 1 ? "photo.stars0" : id)}
          >
            {decisions.stars > index ? "★" : "☆"}
          </button>
        ))}
      </fieldset>
      <fieldset className={css.group} aria-label={messages.filterLabel}>
        {labels.map((label) =>
          label === "none" ? null : (
            <button
              key={label}
              type="button"
              className={css.label}
              {...tip(labelCommands[label])}
              aria-pressed={decisions.label === label}
              data-label={label}
              onClick={() => runCommand(labelCommands[label])}
            >
              <span />
            </button>
          ),
        )}
      </fieldset>
    </div>
  );
});
