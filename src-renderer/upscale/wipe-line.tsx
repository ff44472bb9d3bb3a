import type { PointerEvent, ReactElement, ReactNode } from "react";
import { useMessages } from "../messages/language.ts";
import { useUpscaleRoom } from "../state/upscale-room.ts";
import css from "./result.module.css";
import { shareAfterKey, shareAt } from "./wipe.ts";

export function setWipe(wipe: number): void {
  useUpscaleRoom.setState({ wipe });
}

interface WipeLineProps {
  readonly label: string;
  /** What was before: seen on the left of the line. */
  readonly children: ReactNode;
}

/** The line between before and after: dragged, or moved by the arrow keys. */
export function WipeLine({ label, children }: WipeLineProps): ReactElement {
  const messages = useMessages();
  const wipe = useUpscaleRoom((state) => state.wipe);
  const percent = Math.round(100 * wipe);
  const drag = (event: PointerEvent): void => {
    // The picture below would be dragged as well.
    event.stopPropagation();
    if (event.buttons !== 1) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    const frame = event.currentTarget.parentElement?.getBoundingClientRect();
    if (frame !== undefined) setWipe(shareAt(event.clientX, frame));
  };
  return (
    <>
      <div
        className={css.before}
        style={{ clipPath: `inset(0 ${(100 * (1 - wipe)).toFixed(3)}% 0 0)` }}
      >
        {children}
      </div>
      <span className={css.caption} data-hidden={wipe < 0.08 || undefined}>
        {messages.upscale.before}
      </span>
      <span className={css.caption} data-after data-hidden={wipe > 0.92 || undefined}>
        {messages.upscale.after}
      </span>
      <div
        className={css.line}
        style={{ left: `${(100 * wipe).toFixed(3)}%` }}
        role="slider"
        tabIndex={0}
        aria-label={label}
        aria-orientation="horizontal"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={percent}
        aria-valuetext={messages.upscale.dividerText(percent)}
        onPointerDown={drag}
        onPointerMove={drag}
        onDoubleClick={(event) => event.stopPropagation()}
        onKeyDown={(event) => {
          if (event.ctrlKey || event.metaKey || event.altKey) return;
          const next = shareAfterKey(wipe, event);
          if (next === null) return;
          event.preventDefault();
          setWipe(next);
        }}
      >
        <span className={css.grip} />
      </div>
    </>
  );
}
