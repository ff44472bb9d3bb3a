/** King of the hill: a frozen reference, and a candidate that goes through the other frames. */
export interface Duel {
  /** All frames that take part, in the order in which the candidate goes through them. */
  readonly frames: readonly number[];
  /** The reference: the best so far. */
  readonly kingId: number;
  /** Null when there is nobody to compare with. */
  readonly candidateId: number | null;
  /** The side that decisions are about. */
  readonly side: "king" | "candidate";
  /** The candidate went past the last frame: everything has been compared. */
  readonly isDone: boolean;
}

/**
 * @param kingId one of `frames`
 * @param activeId the photo that was looked at before: the first candidate, unless it is the reference itself
 */
export function startDuel(
  frames: readonly number[],
  kingId: number,
  activeId: number | null,
): Duel {
  const others = frames.filter((id) => id !== kingId);
  const candidateId = others.find((id) => id === activeId) ?? others[0] ?? null;
  return { frames, kingId, candidateId, side: "candidate", isDone: false };
}

/** The photo that decisions are about. */
export function focusedOf({ side, kingId, candidateId }: Duel): number {
  return side === "king" ? kingId : (candidateId ?? kingId);
}

/** The next frame for the candidate, or the one before. Past the last one the duel is done; before the first it stays. */
export function step(duel: Duel, direction: 1 | -1): Duel {
  const { frames, kingId, candidateId, isDone } = duel;
  if (candidateId === null) return direction === 1 ? { ...duel, isDone: true } : duel;
  if (isDone) return direction === 1 ? duel : { ...duel, isDone: false };
  const at = frames.indexOf(candidateId);
  const rest = direction === 1 ? frames.slice(at + 1) : frames.slice(0, at).toReversed();
  const next = rest.find((id) => id !== kingId);
  if (next !== undefined) return { ...duel, candidateId: next, side: "candidate" };
  return direction === 1 ? { ...duel, isDone: true } : duel;
}

/** The candidate becomes the reference, and the frame after it the candidate. */
export function crown(duel: Duel): Duel {
  const { frames, candidateId } = duel;
  if (candidateId === null || duel.isDone) return duel;
  const next = frames[frames.indexOf(candidateId) + 1];
  if (next !== undefined) {
    return { ...duel, kingId: candidateId, candidateId: next, side: "candidate" };
  }
  // The last frame won: who was king before it is what there is to look back at.
  return {
    ...duel,
    kingId: candidateId,
    candidateId: duel.kingId,
    side: "candidate",
    isDone: true,
  };
}

/** Reference and candidate change places. */
export function swap(duel: Duel): Duel {
  const { kingId, candidateId } = duel;
  if (candidateId === null) return duel;
  return { ...duel, kingId: candidateId, candidateId: kingId, isDone: false };
}

/** Decisions are about the other side from now on. */
export function switchSide(duel: Duel): Duel {
  if (duel.candidateId === null) return duel;
  return { ...duel, side: duel.side === "king" ? "candidate" : "king" };
}

/** A frame was pointed at: it becomes the candidate; the reference itself is only focused. */
export function pointTo(duel: Duel, photoId: number): Duel {
  if (photoId === duel.kingId) return { ...duel, side: "king" };
  return { ...duel, candidateId: photoId, side: "candidate", isDone: false };
}

/** Another frame was made the best one elsewhere (an undone crowning, the best-frame command). */
export function setKing(duel: Duel, kingId: number): Duel {
  if (kingId === duel.kingId || !duel.frames.includes(kingId)) return duel;
  const candidateId = duel.candidateId === kingId ? duel.kingId : duel.candidateId;
  return { ...duel, kingId, candidateId, isDone: false };
}
