import type { Flag, Label, Rotation } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import { inTurns, pieces, type Steps } from "../in-turns.ts";
import type {
  Change,
  ChangePlaces,
  EditStep,
  EditStore,
  PhotoStore,
  ProposedFrame,
} from "../library/index.ts";
import { type Assignment, movedAtOnce, planGrouping } from "./grouping.ts";
import { membersInSteps } from "./planned-groups.ts";
import type { Ranking, RankingStores } from "./ranking.ts";

/** So many photos, or bursts, are decided on in one transaction: a few milliseconds. */
const decidedAtOnce = 250;
const burstsAtOnce = 25;

export interface Decision {
  readonly stars?: number | undefined;
  readonly flag?: Flag | undefined;
  readonly label?: Label | undefined;
  readonly rotation?: Rotation | undefined;
}

/** What became of proposals: how many were taken, how many bursts were left because the person had decided there. */
export interface AcceptedProposals {
  readonly editId: number | null;
  readonly accepted: number;
  readonly left: number;
}

interface Stores extends RankingStores {
  readonly photos: PhotoStore;
  readonly edits: EditStore;
  readonly ranking: Ranking;
}

/**
 * What a person decides about photos and bursts. Every call is one step of undo, and one comes after the other. Of
 * thousands of photos some hundred are decided on at a time, so that everybody else is answered in between.
 */
export class Decisions {
  readonly #stores: Stores;
  readonly #now: () => number;
  #last: Promise<unknown> = Promise.resolve();
  /** The step that the next regrouping of the same root takes the place of. */
  #regrouping: { readonly rootId: number; readonly editId: number } | null = null;

  constructor(stores: Stores, now: () => number = Date.now) {
    this.#stores = stores;
    this.#now = now;
  }

  decide(photoIds: readonly number[], decision: Decision): Promise<number | null> {
    const label = decisionLabel(photoIds.length, decision);
    const changesOf = (id: number): Change[] =>
      (["stars", "flag", "label", "rotation"] as const).flatMap((field): Change[] => {
        const value = decision[field];
        return value === undefined ? [] : [{ entity: "photo", id, field, value }];
      });
    return this.#step(
      label,
      pieces(photoIds, decidedAtOnce).map((ids) => () => ids.flatMap(changesOf)),
    );
  }

  /**
   * The pick of each burst is flagged as pick; with `others: 'reject'` its other frames become rejects.
   *
   * @param decided what the person flagged already: `leave` keeps every such frame as it is, and with it each burst
   *   where a frame is picked or the proposed one is a reject; `replace` is for a burst that they accept by hand
   */
  async acceptProposals(
    burstIds: readonly number[],
    others: "leave" | "reject",
    decided: "leave" | "replace",
  ): Promise<AcceptedProposals> {
    const { bursts, edits, ranking } = this.#stores;
    // Those that are still being ranked have no pick yet.
    await ranking.settled(burstIds);
    let [accepted, left] = [0, 0];
    const changesOf = (frames: readonly ProposedFrame[]): Change[] => {
      if (frames.length > 0) accepted += 1;
      return frames.flatMap(({ photoId, pickId, flag }): Change[] => {
        if (photoId === pickId) return [flagChange(photoId, "pick")];
        const isFree = flag === "none" || decided === "replace";
        return others === "reject" && isFree ? [flagChange(photoId, "reject")] : [];
      });
    };
    const changes = pieces(burstIds, burstsAtOnce).map((ids) => () => {
      const frames = Map.groupBy(bursts.framesAndPicks(ids), ({ burstId }) => burstId);
      const picked = bursts.withPick(ids);
      return ids.flatMap((id) => {
        const own = frames.get(id) ?? [];
        const isDecided = picked.has(id) || own.some(isRefused);
        if (!isDecided || decided === "replace") return changesOf(own);
        left += 1;
        return [];
      });
    });
    const editId = await this.#alone(async () => {
      const done = await inTurns(this.#carryOut(acceptLabel(burstIds.length), changes));
      // How many are left as they are is known only now.
      return done === null ? null : edits.conclude(done, acceptLabel(accepted));
    });
    return { editId, accepted, left };
  }

  setBurstPick(burstId: number, photoId: number): Promise<number | null> {
    return this.#step({ en: "Choose the best frame", ko: "최고의 컷 고르기" }, [
      () => {
        const members = this.#stores.bursts.membersOfBurst(burstId);
        if (!members.some((member) => member.id === photoId)) throw notInOneBurst();
        return [{ entity: "burst", id: burstId, field: "chosen_id", value: photoId }];
      },
    ]);
  }

  /** Puts photos of one burst into a burst of their own. */
  splitBurst(photoIds: readonly number[]): Promise<number | null> {
    const { bursts } = this.#stores;
    return this.#step({ en: "Split the stack", ko: "묶음 나누기" }, [
      () => {
        const burstIds = this.#burstsOf(photoIds);
        const [from] = burstIds;
        if (from === undefined || burstIds.size > 1) throw notInOneBurst();
        if (bursts.membersOfBurst(from).length === new Set(photoIds).size) return [];
        const burstId = bursts.create();
        return [...photoIds.map((id) => moveChange(id, burstId)), manual(from), manual(burstId)];
      },
    ]);
  }

  async mergeBursts(burstIds: readonly number[]): Promise<number | null> {
    const { bursts } = this.#stores;
    const [into, ...others] = burstIds;
    if (into === undefined || others.length === 0) return null;
    return this.#step({ en: "Merge stacks", ko: "묶음 합치기" }, [
      () => [manual(into)],
      ...pieces(others, burstsAtOnce).map(
        (ids) => () =>
          ids.flatMap((id) => bursts.membersOfBurst(id).map((frame) => moveChange(frame.id, into))),
      ),
    ]);
  }

  /** Every photo of these bursts becomes a burst of one. */
  dissolveBursts(burstIds: readonly number[]): Promise<number | null> {
    const { bursts } = this.#stores;
    const changesOf = (burstId: number): Change[] => {
      const [, ...rest] = bursts.membersOfBurst(burstId);
      return [
        manual(burstId),
        ...rest.flatMap((member) => {
          const own = bursts.create();
          return [moveChange(member.id, own), manual(own)];
        }),
      ];
    };
    return this.#step(
      { en: "Dissolve stacks", ko: "묶음 풀기" },
      pieces(burstIds, burstsAtOnce).map((ids) => () => ids.flatMap(changesOf)),
    );
  }

  /**
   * Groups a root with another gap; bursts that the person changed stay. Regroupings of one root that directly follow
   * one another (a slider that is dragged) are one step.
   */
  regroup(rootId: number, gapMs: number): Promise<number | null> {
    return this.#alone(() => inTurns(this.#regroup(rootId, gapMs)));
  }

  *#regroup(rootId: number, gapMs: number): Steps<number | null> {
    const seconds = gapMs / 1000;
    const label = { en: `Group by ${seconds} s`, ko: `${seconds}초 간격으로 묶기` };
    const { edits } = this.#stores;
    const known = this.#regrouping?.rootId === rootId ? this.#regrouping.editId : null;
    const last = known !== null && edits.isLast(known) ? known : null;
    // Ids of steps that vanished are given again: none is kept.
    this.#regrouping = null;
    const moves = this.#moves(yield* planGrouping(this.#stores, rootId, gapMs));
    const editId = yield* this.#carryOut(label, moves, last);
    if (editId === null) return null;
    const left = edits.conclude(editId, label);
    this.#regrouping = left === null ? null : { rootId, editId: left };
    return left;
  }

  /** Takes back what the person grouped by hand in a root: all is grouped by time and look again. */
  resetBursts(rootId: number, gapMs: number): Promise<number | null> {
    return this.#alone(() => inTurns(this.#reset(rootId, gapMs)));
  }

  *#reset(rootId: number, gapMs: number): Steps<number | null> {
    const members = yield* membersInSteps(this.#stores, rootId);
    const byHand = new Set(members.flatMap((m) => (m.burstIsManual ? (m.burstId ?? []) : [])));
    if (byHand.size === 0) return null;
    const assignments = yield* planGrouping(this.#stores, rootId, gapMs, "all");
    const label = { en: "Undo all grouping by hand", ko: "직접 묶은 것 되돌리기" };
    return yield* this.#carryOut(label, [
      ...pieces([...byHand], decidedAtOnce).map(
        (ids) => () =>
          ids.map((id): Change => ({ entity: "burst", id, field: "is_manual", value: 0 })),
      ),
      ...this.#moves(assignments),
    ]);
  }

  #moves(assignments: readonly Assignment[]): (() => Change[])[] {
    return pieces(assignments, movedAtOnce).map(
      (piece) => () =>
        piece.map(({ photoId, into }) => {
          into.burstId ??= this.#stores.bursts.create();
          return moveChange(photoId, into.burstId);
        }),
    );
  }

  forgetRoot(rootId: number): Promise<number | null> {
    return this.#step({ en: "Take the folder out of Kiln", ko: "폴더를 Kiln에서 빼기" }, [
      () => [{ entity: "root", id: rootId, field: "forgotten", value: 1 }],
    ]);
  }

  /** Takes the last step back. A step that is an applied plan is not touched: the caller starts its job. */
  undo(): Promise<EditStep | null> {
    return this.#again("undo", () => this.#stores.edits.nextUndo());
  }

  redo(): Promise<EditStep | null> {
    return this.#again("redo", () => this.#stores.edits.nextRedo());
  }

  #again(way: "undo" | "redo", next: () => EditStep | null): Promise<EditStep | null> {
    return this.#alone(async () => {
      const step = next();
      this.#regrouping = null;
      if (step !== null && step.planId === null) await inTurns(this.#replay(step.id, way));
      return step;
    });
  }

  *#replay(editId: number, way: "undo" | "redo"): Steps<void> {
    const { database, edits, ranking } = this.#stores;
    let from: number | null = null;
    do {
      from = database.transaction(() => {
        const { touched, next } = edits.replay(editId, way, from, decidedAtOnce);
        ranking.refresh(touched);
        return next;
      });
      yield;
    } while (from !== null);
  }

  #step(label: Localized, changes: readonly (() => readonly Change[])[]): Promise<number | null> {
    return this.#alone(() => inTurns(this.#carryOut(label, changes)));
  }

  /** Makes one step of all changes, piece by piece; `last` is the step that they become a part of, null for a new one. */
  *#carryOut(
    label: Localized,
    changes: readonly (() => readonly Change[])[],
    last: number | null = null,
  ): Steps<number | null> {
    const { database, edits, ranking } = this.#stores;
    let editId = last;
    let places: ChangePlaces = last === null ? new Map() : edits.placesIn(last);
    for (const piece of changes) {
      database.transaction(() => {
        if (editId !== null && edits.isLast(editId)) {
          ranking.refresh(edits.extend(editId, piece(), places));
          return;
        }
        // Where a sidecar was taken over in between, the rest becomes a step of its own: each can be taken back.
        places = new Map();
        const done = edits.record(label, piece(), this.#now(), places);
        editId = done.editId ?? editId;
        ranking.refresh(done.touched);
      });
      yield;
    }
    return editId;
  }

  /** One step after the other: each has to find what the one before left. */
  async #alone<Result>(work: () => Promise<Result>): Promise<Result> {
    const before = this.#last;
    const mine = (async () => {
      await before;
      return work();
    })();
    this.#last = mine.catch(() => undefined);
    return mine;
  }

  /** Settles when nothing is being decided: the library may be closed. */
  async idle(): Promise<void> {
    await this.#last;
  }

  #burstsOf(photoIds: readonly number[]): Set<number> {
    return new Set(
      this.#stores.photos
        .rows(photoIds)
        .map((row) => row.burstId)
        .filter((id) => id !== null),
    );
  }
}

/** The frame is proposed, and the person rejected it. */
function isRefused({ photoId, pickId, flag }: ProposedFrame): boolean {
  return flag === "reject" && photoId === pickId;
}

function acceptLabel(n: number): Localized {
  return { en: `Accept ${count(n, "proposal")}`, ko: `제안 ${n}건 받아들이기` };
}

function flagChange(id: number, value: Flag): Change {
  return { entity: "photo", id, field: "flag", value };
}

function moveChange(id: number, burstId: number): Change {
  return { entity: "photo", id, field: "burst_id", value: burstId };
}

function manual(burstId: number): Change {
  return { entity: "burst", id: burstId, field: "is_manual", value: 1 };
}

function notInOneBurst(): KilnError {
  return new KilnError(
    "not-in-one-burst",
    {
      en: "These photos are not in one stack.",
      ko: "이 사진들은 한 묶음에 있지 않습니다.",
    },
    { en: "Select photos of one stack.", ko: "한 묶음의 사진을 선택하세요." },
  );
}

function count(n: number, noun: string): string {
  return n === 1 ? `1 ${noun}` : `${n} ${noun}s`;
}

const flagLabels: Record<Flag, Localized> = {
  pick: { en: "Pick", ko: "채택" },
  none: { en: "Unflag", ko: "표시 지우기" },
  reject: { en: "Reject", ko: "제외" },
};

const labelNames: Record<Label, Localized> = {
  none: { en: "no colour", ko: "색 없음" },
  red: { en: "red", ko: "빨강" },
  yellow: { en: "yellow", ko: "노랑" },
  green: { en: "green", ko: "초록" },
  blue: { en: "blue", ko: "파랑" },
  purple: { en: "purple", ko: "보라" },
};

function decisionLabel(photoCount: number, decision: Decision): Localized {
  const what = decisionName(decision);
  return {
    en: `${what.en}: ${count(photoCount, "photo")}`,
    ko: `${what.ko}: 사진 ${photoCount}장`,
  };
}

function decisionName(decision: Decision): Localized {
  if (decision.flag !== undefined) return flagLabels[decision.flag];
  if (decision.stars !== undefined) {
    return { en: count(decision.stars, "star"), ko: `별 ${decision.stars}개` };
  }
  if (decision.label !== undefined) {
    const name = labelNames[decision.label];
    return { en: `Label ${name.en}`, ko: `색 ${name.ko}` };
  }
  return { en: "Rotate", ko: "회전" };
}
