import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  crown,
  type Duel,
  focusedOf,
  pointTo,
  setKing,
  startDuel,
  step,
  swap,
  switchSide,
} from "./duel.ts";

const frames = [11, 12, 13, 14];

describe("a duel", () => {
  test("begins with the photo that was looked at, or the first that is not the reference", () => {
    expect(startDuel(frames, 12, 14).candidateId).toBe(14);
    expect(startDuel(frames, 12, 12).candidateId).toBe(11);
    expect(startDuel(frames, 11, 11).candidateId).toBe(12);
  });

  test("goes through all others and then is done", () => {
    let duel = startDuel(frames, 13, 13);
    const seen = [duel.candidateId];
    while (!duel.isDone) {
      duel = step(duel, 1);
      if (!duel.isDone) seen.push(duel.candidateId);
    }
    expect(seen).toEqual([11, 12, 14]);
    expect(step(duel, 1)).toEqual(duel);
    expect(step(duel, -1)).toMatchObject({ candidateId: 14, isDone: false });
  });

  test("stays at its first candidate", () => {
    const duel = startDuel(frames, 11, 12);
    expect(step(duel, -1)).toEqual(duel);
  });

  test("a crowned candidate is the reference, and the next frame comes", () => {
    expect(crown(startDuel(frames, 11, 12))).toMatchObject({ kingId: 12, candidateId: 13 });
  });

  test("a crowned last frame ends it, with the old reference beside it", () => {
    expect(crown(startDuel(frames, 11, 14))).toMatchObject({
      kingId: 14,
      candidateId: 11,
      isDone: true,
    });
  });

  test("swapping twice changes nothing", () => {
    const duel = startDuel(frames, 11, 13);
    expect(swap(duel)).toMatchObject({ kingId: 13, candidateId: 11 });
    expect(swap(swap(duel))).toEqual(duel);
  });

  test("decisions are about the candidate until the side is switched", () => {
    const duel = startDuel(frames, 11, 13);
    expect(focusedOf(duel)).toBe(13);
    expect(focusedOf(switchSide(duel))).toBe(11);
    expect(step(switchSide(duel), 1).side).toBe("candidate");
  });

  test("pointing at the reference focuses it and keeps the candidate", () => {
    expect(pointTo(startDuel(frames, 11, 13), 11)).toMatchObject({
      side: "king",
      candidateId: 13,
    });
  });

  test("an undone crowning puts the old reference back", () => {
    const start = startDuel(frames, 11, 12);
    expect(setKing(crown(start), 11)).toMatchObject({ kingId: 11, candidateId: 13 });
    expect(setKing(swap(start), 11)).toMatchObject({ kingId: 11, candidateId: 12 });
    expect(setKing(start, 99)).toEqual(start);
  });

  test("a photo alone has nobody to be compared with", () => {
    const duel = startDuel([7], 7, 7);
    expect(duel.candidateId).toBeNull();
    expect(focusedOf(duel)).toBe(7);
    expect(step(duel, 1).isDone).toBe(true);
  });

  test("whatever is done, reference and candidate are two frames of the burst", () => {
    const moves: readonly ((duel: Duel) => Duel)[] = [
      (duel) => step(duel, 1),
      (duel) => step(duel, -1),
      crown,
      swap,
      switchSide,
      (duel) => pointTo(duel, 12),
      (duel) => setKing(duel, 13),
    ];
    void fc.assert(
      fc.property(fc.array(fc.constantFrom(...moves), { maxLength: 40 }), (played) => {
        const end = played.reduce((duel, move) => move(duel), startDuel(frames, 12, 14));
        expect(frames).toContain(end.kingId);
        expect(frames).toContain(end.candidateId);
        expect(end.kingId).not.toBe(end.candidateId);
      }),
      { seed: 3, numRuns: 500 },
    );
  });
});
