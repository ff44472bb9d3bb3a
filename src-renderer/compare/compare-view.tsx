import { type ReactElement, useEffect, useLayoutEffect, useMemo, useRef } from "react";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { CommandButton } from "../commands/command-button.tsx";
import { provide, runCommand } from "../commands/registry.ts";
import { DecisionStrip } from "../loupe/decision-strip.tsx";
import { useMessages } from "../messages/language.ts";
import { frameNumber } from "../state/bursts.ts";
import { useLibrary } from "../state/library-store.ts";
import { useView } from "../state/view-store.ts";
import { Button } from "../ui/button.tsx";
import { useAhead } from "../viewer2d/ahead.ts";
import { LargeView } from "../viewer2d/large-view.tsx";
import { useLooks } from "../viewer2d/looks.ts";
import { ZoomButton } from "../viewer2d/zoom-button.tsx";
import css from "./compare.module.css";
import { type Duel, focusedOf, pointTo, setKing, step, switchSide } from "./duel.ts";
import {
  accept,
  acceptAndReject,
  advance,
  begin,
  commonBurst,
  crownCandidate,
  end,
  forward,
  goToBurst,
  hasNextBurst,
  isChosen,
  play,
  swapSides,
  useDuel,
} from "./duel-store.ts";
import { FaceStrip, useFaces } from "./face-strip.tsx";
import { FrameStrip } from "./frame-strip.tsx";
import { Pane } from "./pane.tsx";

/** King of the hill: the best so far stands still on the left, the candidates go by on the right. */
export function CompareView(): ReactElement | null {
  const duel = useDuel((state) => state.duel);
  const activeId = useView((state) => state.activeId);
  const comparesTies = useView((state) => state.comparesTies);
  const comparedTies = useRef(comparesTies);

  useLayoutEffect(() => {
    const { duel: now } = useDuel.getState();
    if (activeId === null) return;
    // Another photo was chosen elsewhere (filmstrip, menu): it is the candidate, or another burst begins.
    const isOther = comparedTies.current !== comparesTies;
    comparedTies.current = comparesTies;
    if (now === null || isOther || !now.frames.includes(activeId)) begin(activeId);
    else if (focusedOf(now) !== activeId) play((before) => pointTo(before, activeId));
  }, [activeId, comparesTies]);
  useEffect(() => end, []);
  useKeys();
  useUndoneCrowning(duel);

  return duel === null ? null : <Ring duel={duel} />;
}

/** Commands that mean something of their own here. */
function useKeys(): void {
  useEffect(() => {
    const taken = [
      provide("next", forward),
      provide("previous", () => play((duel) => step(duel, -1))),
      provide("advance", advance),
      provide("compare.crown", crownCandidate),
      provide("compare.swap", swapSides),
      provide("compare.side", () => play(switchSide)),
      provide("stack.accept", accept),
      provide("stack.acceptAndReject", () => void acceptAndReject()),
      provide("stack.next", () => void goToBurst(1)),
      provide("stack.previous", () => void goToBurst(-1)),
    ];
    return () => {
      for (const giveBack of taken) giveBack();
    };
  }, []);
}

/**
 * The person's choice of the best frame was changed or undone: the reference follows. What best cut proposes meanwhile
 * never moves it: it is frozen.
 */
function useUndoneCrowning(duel: Duel | null): void {
  const burstId = duel === null ? null : commonBurst(duel.frames);
  const burst = useLibrary((state) => (burstId === null ? undefined : state.bursts.get(burstId)));
  const before = useRef(burst);
  useEffect(() => {
    const last = before.current;
    before.current = burst;
    if (burst === undefined || last?.id !== burst.id || burst.pickId === null) return;
    const { pickId } = burst;
    const isChosen = burst.pickIsManual || last.pickIsManual;
    if (isChosen && pickId !== last.pickId) play((now) => setKing(now, pickId));
  }, [burst]);
}

function Ring({ duel }: { readonly duel: Duel }): ReactElement {
  const messages = useMessages();
  const { frames, kingId, candidateId, side, isDone } = duel;
  const king = useLibrary((state) => state.photos.get(kingId));
  const candidate = useLibrary((state) =>
    candidateId === null ? undefined : state.photos.get(candidateId),
  );
  const others = useMemo(() => frames.filter((id) => id !== kingId), [frames, kingId]);
  const ahead = useAhead(others, candidateId);
  const focused = side === "king" || candidate === undefined ? king : candidate;
  const primary = candidate === undefined ? "king" : "candidate";
  const inBurst = commonBurst(frames) !== null;
  const photos = useLibrary((state) => state.photos);
  const numberOf = (photo: PhotoRow): number | null =>
    inBurst ? frameNumber(photos, photo) : null;
  return (
    <LargeView
      label={messages.compare}
      className={css.compare}
      primary={primary}
      hasPanes
      onKeyDown={(event) => {
        // An arrow that is held down stops where everything was compared: it must not run into the next burst.
        if (event.repeat && isDone && event.code === "ArrowRight") event.preventDefault();
      }}
    >
      <div className={css.panes}>
        {king !== undefined && (
          <Pane
            pane="king"
            title={messages.reference}
            photo={king}
            position={numberOf(king)}
            isKing
            isFocused={side === "king"}
            inBurst={inBurst}
            against={null}
            onFocus={() => play((now) => pointTo(now, kingId))}
          />
        )}
        <div className={css.right}>
          {candidate === undefined ? (
            <Alone duel={duel} />
          ) : (
            <Pane
              pane="candidate"
              title={messages.candidate}
              photo={candidate}
              position={numberOf(candidate)}
              isKing={false}
              isFocused={side === "candidate"}
              inBurst={inBurst}
              against={king ?? null}
              ahead={ahead}
              onFocus={() => play((now) => pointTo(now, candidate.id))}
            />
          )}
          {isDone && candidate !== undefined && <Done duel={duel} />}
        </div>
      </div>
      <div className={css.bar}>
        <Place duel={duel} />
        {focused !== undefined && <DecisionStrip photo={focused} />}
        <Tools pane={primary} />
      </div>
      <Strip duel={duel} />
    </LargeView>
  );
}

/** All frames: their faces side by side where there are some, else as they are. */
function Strip({ duel }: { readonly duel: Duel }): ReactElement | null {
  const showStrip = useLibrary((state) => state.preferences.showFilmstrip);
  const showFaces = useView((state) => state.showFaces);
  const faces = useFaces(duel);
  if (showFaces && faces.length > 0) return <FaceStrip duel={duel} faces={faces} />;
  return showStrip ? <FrameStrip duel={duel} /> : null;
}

/** Which burst this is, and how far the candidate has come. */
function Place({ duel }: { readonly duel: Duel }): ReactElement {
  const messages = useMessages();
  const burst = useDuel((state) => state.burst);
  const isTie = useView((state) => state.comparesTies);
  const { candidateId, frames, kingId } = duel;
  const others = frames.filter((id) => id !== kingId);
  const say = isTie ? messages.comparedTie : messages.burstOf;
  return (
    <p className={css.place}>
      {burst !== null && <span>{say(burst.position, burst.count)}</span>}
      {candidateId !== null && (
        <span>{messages.candidateOf(others.indexOf(candidateId) + 1, others.length)}</span>
      )}
    </p>
  );
}

function Tools({ pane }: { readonly pane: string }): ReactElement {
  const isLinked = useLooks((state) => state.isLinked);
  const showClipping = useView((state) => state.showClipping);
  const showPeaking = useView((state) => state.showPeaking);
  const showSubject = useView((state) => state.showSubject);
  const showFaces = useView((state) => state.showFaces);
  return (
    <div className={css.tools}>
      <CommandButton id="compare.crown" icon="crown" />
      <CommandButton id="compare.swap" icon="swap" />
      <CommandButton id="view.linkZoom" icon="link" pressed={isLinked} />
      <CommandButton id="compare.faces" icon="face" pressed={showFaces} />
      <span className={css.spare}>
        <CommandButton id="view.subject" icon="subject" pressed={showSubject} />
        <CommandButton id="view.clipping" icon="clipping" pressed={showClipping} />
        <CommandButton id="view.peaking" icon="peaking" pressed={showPeaking} />
      </span>
      <ZoomButton pane={pane} onToggle={() => runCommand("view.zoom")} />
    </div>
  );
}

/** Everything was compared: what won, and where to go. */
function Done({ duel }: { readonly duel: Duel }): ReactElement {
  const messages = useMessages();
  const name = useLibrary((state) => state.photos.get(duel.kingId)?.name ?? "");
  const hasNext = hasNextBurst(duel);
  return (
    <div className={css.card} role="status">
      <p className={css.cardTitle}>{messages.compareDone}</p>
      <p>{messages.compareBest(name)}</p>
      {!hasNext && !isChosen(duel) && <p className={css.quiet}>{messages.compareLast}</p>}
      <div className={css.cardButtons}>
        <Button tone="primary" data-keys="Enter" data-tip={messages.compareAccept} onClick={accept}>
          {hasNext ? messages.compareAccept : messages.comparePick}
        </Button>
        {hasNext && (
          <Button data-keys="→" data-tip={messages.compareNext} onClick={() => goToBurst(1)}>
            {messages.compareNext}
          </Button>
        )}
      </div>
    </div>
  );
}

function Alone({ duel }: { readonly duel: Duel }): ReactElement {
  const messages = useMessages();
  const hasNext = hasNextBurst(duel);
  return (
    <div className={css.alone}>
      <p>{messages.compareAlone}</p>
      {hasNext && (
        <Button data-keys="→" data-tip={messages.compareNext} onClick={() => goToBurst(1)}>
          {messages.compareNext}
        </Button>
      )}
    </div>
  );
}
