import { beforeEach, expect, it } from "vitest";
import { useLibrary } from "./library-store.ts";
import { burst, byId, photo } from "./photo-fixture.ts";
import { goCompareTie, goToTie, goToUndecided } from "./tie-moves.ts";
import { activate, setMode, useView } from "./view-store.ts";

const tie = { verdict: "tooCloseToCall" } as const;

beforeEach(() => {
  useLibrary.setState({
    photos: byId(
      photo(1, { burstId: 10 }),
      photo(2, { burstId: 10 }),
      photo(3, { burstId: 11, flag: "pick" }),
      photo(4, { burstId: 11 }),
      photo(5, { burstId: 12 }),
      photo(6, { burstId: 12 }),
      photo(7, { burstId: 13 }),
    ),
    bursts: byId(
      { ...burst(10, 2), ...tie },
      { ...burst(11, 3), ...tie },
      { ...burst(12, 6), ...tie },
      burst(13, 7),
    ),
  });
  setMode("grid");
  activate(1);
});

const activeId = (): number | null => useView.getState().activeId;

it("goes past what is decided, and round", () => {
  goToUndecided();
  expect(activeId()).toBe(5);
  goToUndecided();
  expect(activeId()).toBe(7);
  goToUndecided();
  expect(activeId()).toBe(1);
});

it("goes past what has no proposal any more", () => {
  const { bursts } = useLibrary.getState();
  useLibrary.setState({ bursts: new Map(bursts).set(12, burst(12, null)) });
  goToUndecided();
  expect(activeId()).toBe(7);
});

it("goes from tie to tie, to the proposed frame where one photo is looked at", () => {
  setMode("loupe");
  goToTie();
  expect(activeId()).toBe(6);
  goToTie();
  expect(activeId()).toBe(2);
});

it("compares the tie at hand, or the next one", () => {
  goCompareTie();
  expect(useView.getState()).toMatchObject({ mode: "compare", comparesTies: true, activeId: 1 });
  setMode("grid");
  expect(useView.getState().comparesTies).toBe(false);
  activate(7);
  goCompareTie();
  expect(useView.getState()).toMatchObject({ mode: "compare", comparesTies: true, activeId: 1 });
});
