import { type ReactElement, useEffect, useId, useRef, useState } from "react";
import { commands } from "../../src-preload/contract/commands.ts";
import { CommandButton } from "../commands/command-button.tsx";
import { isMac } from "../commands/keyboard.ts";
import { showKey } from "../commands/keys.ts";
import { provide } from "../commands/registry.ts";
import { door } from "../door/door.ts";
import { useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import { Slider } from "../ui/slider.tsx";
import ui from "../ui/ui.module.css";
import css from "./burst-gap.module.css";

/** Milliseconds: fine where cameras shoot, coarse where people do. */
const steps = [0, 200, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 30_000, 60_000, 300_000];

/**
 * How far frames of one burst may be apart. What the shown folder would become is said while the slider is dragged; it
 * is grouped again when it is let go.
 */
export function BurstGap(): ReactElement {
  const messages = useMessages();
  const saved = useLibrary((state) => state.preferences.burstGapMs);
  const rootId = useLibrary((state) => state.rootId);
  const [gapMs, setGapMs] = useState(saved);
  useEffect(() => setGapMs(saved), [saved]);
  const counts = useGapPreview(rootId, gapMs);
  const nearest = steps.findLastIndex((step) => step <= gapMs);
  const keep = (): void => {
    if (gapMs === saved) return;
    void setPreferences({ burstGapMs: gapMs });
    if (rootId !== null) void attempt(() => door.edits.regroup({ rootId, gapMs }));
  };
  return (
    <div className={css.gap}>
      <Slider
        label={messages.burstGap}
        min={0}
        max={steps.length - 1}
        step={1}
        value={Math.max(0, nearest)}
        text={messages.seconds(gapMs / 1000)}
        onChange={(index) => setGapMs(steps[index] ?? saved)}
        onRelease={keep}
      />
      {counts !== null && (
        <output className={css.counts}>
          {messages.gapCounts(counts.bursts, counts.singles)}
          {counts.changed > 0 && <> · {messages.gapChanges(counts.changed)}</>}
        </output>
      )}
    </div>
  );
}

interface GapCounts {
  readonly bursts: number;
  readonly singles: number;
  readonly changed: number;
}

/** How the shown folder would be grouped: the newest answer; while one is under way only the newest question waits. */
function useGapPreview(rootId: number | null, gapMs: number): GapCounts | null {
  const photos = useLibrary((state) => state.photos);
  const [counts, setCounts] = useState<GapCounts | null>(null);
  const wanted = useRef<{ readonly rootId: number; readonly gapMs: number } | null>(null);
  const isAsking = useRef(false);
  // biome-ignore lint/correctness/useExhaustiveDependencies: photos that change group otherwise
  useEffect(() => {
    wanted.current = rootId === null ? null : { rootId, gapMs };
    const ask = async (): Promise<void> => {
      if (isAsking.current) return;
      isAsking.current = true;
      while (wanted.current !== null) {
        const question = wanted.current;
        wanted.current = null;
        const answer = await attempt(() => door.photos.previewGap(question));
        if (answer !== null && wanted.current === null) setCounts(answer);
      }
      isAsking.current = false;
    };
    void ask();
    return () => {
      wanted.current = null;
    };
  }, [rootId, gapMs, photos]);
  return counts;
}

/** Everything about how the folder is parted into bursts, in a popover of the status bar. */
export function BurstGapButton(): ReactElement {
  const messages = useMessages();
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const popover = useRef<HTMLFieldSetElement>(null);
  const button = useRef<HTMLButtonElement>(null);
  // As a click does it, so that the popover stands at its button.
  useEffect(
    () =>
      provide("stack.gap", () => {
        button.current?.click();
        // Closed and opened in one breath it tells of no change, and the effect below has nothing to do.
        popover.current?.querySelector("input")?.focus();
      }),
    [],
  );
  useEffect(() => {
    if (isOpen) popover.current?.querySelector("input")?.focus();
  }, [isOpen]);
  const gapMs = useLibrary((state) => state.preferences.burstGapMs);
  return (
    <>
      <button
        ref={button}
        type="button"
        className={css.button}
        popoverTarget={id}
        aria-expanded={isOpen}
        data-tip={messages.burstGap}
        data-keys={showKey(commands["stack.gap"].keys[0], isMac)}
      >
        {messages.burstGapShort} <b>{messages.seconds(gapMs / 1000)}</b>
      </button>
      <fieldset
        ref={popover}
        id={id}
        className={`${ui.menu} ${css.popover}`}
        popover="auto"
        aria-label={messages.burstGap}
        onToggle={(event) => setIsOpen(event.newState === "open")}
        // It closes itself; the window would leave the view, too.
        onKeyDown={(event) => {
          if (event.code === "Escape") event.stopPropagation();
        }}
      >
        {isOpen && (
          <>
            <p className={css.hint}>{messages.burstGapHint}</p>
            <BurstGap />
            <div className={css.commands}>
              <CommandButton id="stack.regroup" icon="stack" tone="plain" />
              <CommandButton id="stack.dissolveAll" icon="grid" tone="plain" />
            </div>
          </>
        )}
      </fieldset>
    </>
  );
}
