/** What came out of bursts, as shares. */
import { KINDS, type Kind, type SetName } from "./bestcut-plan.ts";
import { rounded } from "./figures.ts";

/** What came out of one burst. */
export interface Outcome {
  readonly set: SetName;
  readonly kind: Kind | null;
  /** Whether the sharpest frame was proposed, by Kiln and by the old measure; null where none is the sharpest. */
  readonly right: boolean | null;
  readonly baselineRight: boolean | null;
  readonly tooCloseToCall: boolean;
  /** Whether the frames were compared on their subject; null where there is none of its own. */
  readonly foundSubject: boolean | null;
}

/** Shares in percent; null where there is nothing to share. */
export interface SetFigures {
  readonly n: number;
  readonly top1: number | null;
  readonly ci95: readonly [number, number] | null;
  readonly tooCloseToCall: number | null;
  readonly baseline: number | null;
  /** How often the frames were compared on their subject. */
  readonly foundSubject: number | null;
}

export interface Sets {
  readonly mixed?: SetFigures;
  readonly missedFocus?: SetFigures & { readonly byKind: Readonly<Record<Kind, SetFigures>> };
  readonly nearTies?: SetFigures;
}

/** A set is no test when the plain variance of the Laplacian is right in more than so many percent of it. */
const MOST_BY_BASELINE = { mixed: 80, missedFocus: 15 } as const;

export function summarise(outcomes: readonly Outcome[], sets: readonly SetName[]): Sets {
  const of = (set: SetName): readonly Outcome[] =>
    outcomes.filter((outcome) => outcome.set === set);
  const missed = of("missedFocus");
  const byKind = (kind: Kind): SetFigures => figures(missed.filter((one) => one.kind === kind));
  const [face, focusPoint, neither] = KINDS;
  return {
    ...(sets.includes("mixed") && { mixed: figures(of("mixed")) }),
    ...(sets.includes("missedFocus") && {
      missedFocus: {
        ...figures(missed),
        byKind: { face: byKind(face), focusPoint: byKind(focusPoint), neither: byKind(neither) },
      },
    }),
    ...(sets.includes("nearTies") && { nearTies: figures(of("nearTies")) }),
  };
}

/** Why the figures prove nothing, or false. */
export function voidReason(sets: Sets): string | false {
  for (const name of ["mixed", "missedFocus"] as const) {
    const baseline = sets[name]?.baseline ?? 0;
    if (baseline > MOST_BY_BASELINE[name]) {
      return `${name} is too easy: the plain variance of the Laplacian is right in ${baseline} % of it (at most ${MOST_BY_BASELINE[name]} % allowed).`;
    }
  }
  return false;
}

function figures(outcomes: readonly Outcome[]): SetFigures {
  const judged = outcomes.filter(({ right }) => right !== null);
  const withSubject = outcomes.filter(({ foundSubject }) => foundSubject !== null);
  const right = judged.filter((outcome) => outcome.right).length;
  return {
    n: outcomes.length,
    top1: percent(right, judged.length),
    ci95: judged.length === 0 ? null : wilson(right, judged.length),
    tooCloseToCall: percent(
      outcomes.filter(({ tooCloseToCall }) => tooCloseToCall).length,
      outcomes.length,
    ),
    baseline: percent(judged.filter(({ baselineRight }) => baselineRight).length, judged.length),
    foundSubject: percent(
      withSubject.filter(({ foundSubject }) => foundSubject).length,
      withSubject.length,
    ),
  };
}

function percent(count: number, of: number): number | null {
  return of === 0 ? null : rounded((100 * count) / of, 1);
}

/** Wilson's 95 % interval (1927) of a share that was `count` of `of`, in percent. */
export function wilson(count: number, of: number): readonly [number, number] {
  const z = 1.959964;
  const share = count / of;
  const scale = 1 + (z * z) / of;
  const middle = (share + (z * z) / (2 * of)) / scale;
  const half = (z / scale) * Math.sqrt((share * (1 - share)) / of + (z * z) / (4 * of * of));
  return [
    rounded(100 * Math.max(0, middle - half), 1),
    rounded(100 * Math.min(1, middle + half), 1),
  ];
}
