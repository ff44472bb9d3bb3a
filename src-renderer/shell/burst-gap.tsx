import { type ReactElement, useEffect, useState } from "react";
import { door } from "../door/door.ts";
import { useMessages } from "../messages/language.ts";
import { attempt } from "../state/edits.ts";
import { useLibrary } from "../state/library-store.ts";
import { setPreferences } from "../state/preferences.ts";
import { Slider } from "../ui/slider.tsx";

/** Milliseconds: fine where cameras shoot, coarse where people do. */
const steps = [0, 200, 500, 1000, 2000, 3000, 5000, 10_000, 20_000, 30_000, 60_000, 300_000];
const settleMs = 250;

/** How far frames of one burst may be apart. The shown folder is grouped again as the slider moves. */
export function BurstGap(): ReactElement {
  const messages = useMessages();
  const saved = useLibrary((state) => state.preferences.burstGapMs);
  const rootId = useLibrary((state) => state.rootId);
  const [gapMs, setGapMs] = useState(saved);
  useEffect(() => setGapMs(saved), [saved]);
  useEffect(() => {
    if (gapMs === saved) return;
    const timer = setTimeout(() => {
      void setPreferences({ burstGapMs: gapMs });
      if (rootId !== null) void attempt(() => door.edits.regroup({ rootId, gapMs }));
    }, settleMs);
    return () => clearTimeout(timer);
  }, [gapMs, saved, rootId]);
  const nearest = steps.findLastIndex((step) => step <= gapMs);
  return (
    <Slider
      label={messages.burstGap}
      min={0}
      max={steps.length - 1}
      step={1}
      value={Math.max(0, nearest)}
      text={messages.seconds(gapMs / 1000)}
      onChange={(index) => setGapMs(steps[index] ?? saved)}
    />
  );
}
