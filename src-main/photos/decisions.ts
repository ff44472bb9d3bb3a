import type { Flag, Label, Rotation } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { KilnError } from "../errors.ts";
import type { Change, EditStep, EditStore, LibraryDatabase, PhotoStore } from "../library/index.ts";
import { type Assignment, type GroupingStores, planGrouping, rankBursts } from "./grouping.ts";

export interface Decision {
  readonly stars?: number | undefined;
  readonly flag?: Flag | undefined;
  readonly label?: Label | undefined;
  readonly rotation?: Rotation | undefined;
}

interface Stores extends GroupingStores {
  readonly database: LibraryDatabase;
  readonly photos: PhotoStore;
  readonly edits: EditStore;
}

/** What a person decides about photos and bursts. Every call is one step of undo. */
export class Decisions {
  readonly #stores: Stores;
  readonly #now: () => number;
  /** The step that the next regrouping of the same root becomes a part of. */
  #regrouping: { readonly rootId: number; readonly editId: number } | null = null;

  constructor(stores: Stores, now: () => number = Date.now) {
    this.#stores = stores;
    this.#now = now;
  }

  decide(photoIds: readonly number[], decision: Decision): number | null {
    const changes = photoIds.flatMap((id) =>
      (["stars", "flag", "label", "rotation"] as const).flatMap((field): Change[] => {
        const value = decision[field];
        return value === undefined ? [] : [{ entity: "photo", id, field, value }];
      }),
    );
    return this.#record(decisionLabel(photoIds.length, decision), changes);
  }

  /** The pick of each burst is flagged as pick; with `others: 'reject'` its other frames become rejects. */
  acceptProposals(burstIds: readonly number[], others: "leave" | "reject"): number | null {
    const changes = burstIds.flatMap((burstId) => {
      const pickId = this.#stores.bursts.get(burstId)?.pickId ?? null;
      if (pickId === null) return [];
      return this.#stores.bursts.membersOfBurst(burstId).flatMap((member): Change[] => {
        if (member.id === pickId) return [flagChange(member.id, "pick")];
        return others === "reject" ? [flagChange(member.id, "reject")] : [];
      });
    });
    return this.#record(
      {
        en: `Accept ${count(burstIds.length, "proposal")}`,
        ko: `제안 ${burstIds.length}건 받아들이기`,
      },
      changes,
    );
  }

  setBurstPick(burstId: number, photoId: number): number | null {
    const members = this.#stores.bursts.membersOfBurst(burstId);
    if (!members.some((member) => member.id === photoId)) throw notInOneBurst();
    return this.#record({ en: "Choose the best frame", ko: "최고의 컷 고르기" }, [
      { entity: "burst", id: burstId, field: "chosen_id", value: photoId },
    ]);
  }

  /** Puts photos of one burst into a burst of their own. */
  splitBurst(photoIds: readonly number[]): number | null {
    const burstIds = this.#burstsOf(photoIds);
    const [from] = burstIds;
    if (from === undefined || burstIds.size > 1) throw notInOneBurst();
    if (this.#stores.bursts.membersOfBurst(from).length === new Set(photoIds).size) return null;
    return this.#structural({ en: "Split the stack", ko: "묶음 나누기" }, () => {
      const burstId = this.#stores.bursts.create();
      return [...photoIds.map((id) => moveChange(id, burstId)), manual(from), manual(burstId)];
    });
  }

  mergeBursts(burstIds: readonly number[]): number | null {
    const [into, ...others] = burstIds;
    if (into === undefined || others.length === 0) return null;
    return this.#structural({ en: "Merge stacks", ko: "묶음 합치기" }, () => [
      manual(into),
      ...others.flatMap((burstId) =>
        this.#stores.bursts.membersOfBurst(burstId).map((member) => moveChange(member.id, into)),
      ),
    ]);
  }

  /** Every photo of these bursts becomes a burst of one. */
  dissolveBursts(burstIds: readonly number[]): number | null {
    return this.#structural({ en: "Dissolve stacks", ko: "묶음 풀기" }, () =>
      burstIds.flatMap((burstId) => {
        const [, ...rest] = this.#stores.bursts.membersOfBurst(burstId);
        return [
          manual(burstId),
          ...rest.flatMap((member) => {
            const own = this.#stores.bursts.create();
            return [moveChange(member.id, own), manual(own)];
          }),
        ];
      }),
    );
  }

  /**
   * Groups a root with another gap; bursts that the person changed stay. Regroupings of one root that directly follow
   * one another (a slider that is dragged) are one step.
   */
  regroup(rootId: number, gapMs: number): number | null {
    const seconds = gapMs / 1000;
    const label = { en: `Group by ${seconds} s`, ko: `${seconds}초 간격으로 묶기` };
    const { database, edits } = this.#stores;
    return database.transaction(() => {
      const changes = planGrouping(this.#stores, rootId, gapMs).map(toMove);
      const last = this.#regrouping?.rootId === rootId ? this.#regrouping.editId : null;
      const isLast = last !== null && edits.nextUndo()?.id === last && edits.nextRedo() === null;
      const { editId, touched } = isLast
        ? edits.amend(last, label, changes)
        : edits.record(label, changes, this.#now());
      rankBursts(this.#stores, touched);
      // Ids of steps that vanished are given again: none is kept.
      this.#regrouping = editId === null ? null : { rootId, editId };
      return editId;
    });
  }

  /** Takes back what the person grouped by hand in a root: all is grouped by time and look again. */
  resetBursts(rootId: number, gapMs: number): number | null {
    return this.#structural(
      { en: "Undo all grouping by hand", ko: "직접 묶은 것 되돌리기" },
      () => {
        const members = this.#stores.bursts.membersOfRoot(rootId);
        const manual = new Set(members.flatMap((m) => (m.burstIsManual ? (m.burstId ?? []) : [])));
        if (manual.size === 0) return [];
        return [
          ...[...manual].map(
            (id): Change => ({ entity: "burst", id, field: "is_manual", value: 0 }),
          ),
          ...planGrouping(this.#stores, rootId, gapMs, "all").map(toMove),
        ];
      },
    );
  }

  forgetRoot(rootId: number): number | null {
    return this.#record({ en: "Take the folder out of Kiln", ko: "폴더를 Kiln에서 빼기" }, [
      { entity: "root", id: rootId, field: "forgotten", value: 1 },
    ]);
  }

  /** Takes the last step back. A step that is an applied plan is not touched: the caller starts its job. */
  undo(): EditStep | null {
    return this.#step(this.#stores.edits.nextUndo(), (id) => this.#stores.edits.undo(id));
  }

  redo(): EditStep | null {
    return this.#step(this.#stores.edits.nextRedo(), (id) => this.#stores.edits.redo(id));
  }

  #step(step: EditStep | null, replay: (id: number) => ReadonlySet<number>): EditStep | null {
    this.#regrouping = null;
    if (step === null || step.planId !== null) return step;
    this.#stores.database.transaction(() => rankBursts(this.#stores, replay(step.id)));
    return step;
  }

  #structural(label: Localized, changes: () => Change[]): number | null {
    return this.#stores.database.transaction(() => this.#record(label, changes()));
  }

  #record(label: Localized, changes: readonly Change[]): number | null {
    return this.#stores.database.transaction(() => {
      const { editId, touched } = this.#stores.edits.record(label, changes, this.#now());
      rankBursts(this.#stores, touched);
      return editId;
    });
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

function flagChange(id: number, value: Flag): Change {
  return { entity: "photo", id, field: "flag", value };
}

function moveChange(id: number, burstId: number): Change {
  return { entity: "photo", id, field: "burst_id", value: burstId };
}

function toMove({ photoId, burstId }: Assignment): Change {
  return moveChange(photoId, burstId);
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
