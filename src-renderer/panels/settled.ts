import { useEffect, useMemo, useState } from "react";
import { useLibrary } from "../state/library-store.ts";

/** How long a photo must be looked at before more is asked about it: longer than a held arrow key repeats. */
const settleMs = 120;
/** Answers that are kept, so that going back is instant. */
const keptAnswers = 300;

/** Something that can be asked about a photo, and the answers that are known. */
export interface Question<Answer> {
  /** Null where main has nothing to say. */
  readonly ask: (photoId: number) => Promise<Answer | null>;
  readonly known: Map<string, Answer>;
}

export function createQuestion<Answer>(ask: Question<Answer>["ask"]): Question<Answer> {
  return { ask, known: new Map() };
}

interface Asked {
  readonly id: number;
  readonly name: string;
  readonly directoryId: number;
  readonly version: string;
  /** What is known of a photo grows with its state. */
  readonly state: string;
}

/** A photo that moved, alone or with its folder, is the same one in another place. */
function keyOf({ id, name, directoryId, version, state }: Asked, rootId: number | null): string {
  return `${rootId}/${directoryId}/${name}/${id}/${version}/${state}`;
}

/**
 * The answer about the photo that is looked at, asked for once it has been looked at for a moment: a held arrow key asks
 * nothing. Null until it is there; an answer that is known is there at once.
 */
export function useAnswer<Answer>(
  question: Question<Answer>,
  photo: Asked | undefined,
): Answer | null {
  const { ask, known } = question;
  const rootId = useLibrary((state) => state.rootId);
  const key = photo === undefined ? null : keyOf(photo, rootId);
  const photoId = photo?.id ?? null;
  const [, setArrived] = useState<string | null>(null);
  useEffect(() => {
    if (key === null || photoId === null || known.has(key)) return;
    let isWanted = true;
    const timer = setTimeout(async () => {
      const answer = await ask(photoId);
      if (answer === null) return;
      if (known.size >= keptAnswers) known.clear();
      known.set(key, answer);
      if (isWanted) setArrived(key);
    }, settleMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [ask, known, key, photoId]);
  return key === null ? null : (known.get(key) ?? null);
}

/** The answers about several photos, as they come; photo's id to answer. The same map until another one comes. */
export function useAnswers<Answer>(
  question: Question<Answer>,
  photos: readonly Asked[],
): ReadonlyMap<number, Answer> {
  const { ask, known } = question;
  const [arrived, setArrived] = useState(0);
  const rootId = useLibrary((state) => state.rootId);
  const all = photos.map((photo) => keyOf(photo, rootId)).join(" ");
  // biome-ignore lint/correctness/useExhaustiveDependencies: `all` says which photos they are
  const asked = useMemo(
    () => photos.map((photo) => ({ id: photo.id, key: keyOf(photo, rootId) })),
    [all],
  );
  useEffect(() => {
    let isWanted = true;
    const timer = setTimeout(async () => {
      for (const { id, key } of asked) {
        if (!isWanted) return;
        if (known.has(key)) continue;
        const answer = await ask(id);
        if (answer === null) continue;
        if (known.size >= keptAnswers) known.clear();
        known.set(key, answer);
        if (isWanted) setArrived((count) => count + 1);
      }
    }, settleMs);
    return () => {
      isWanted = false;
      clearTimeout(timer);
    };
  }, [ask, known, asked]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: `arrived` says that more is known
  return useMemo(() => {
    const answers = asked.flatMap(({ id, key }): [number, Answer][] => {
      const answer = known.get(key);
      return answer === undefined ? [] : [[id, answer]];
    });
    return new Map(answers);
  }, [known, asked, arrived]);
}
