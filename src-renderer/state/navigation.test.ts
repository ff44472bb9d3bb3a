import { beforeEach, describe, expect, it } from "vitest";
import { useLibrary } from "./library-store.ts";
import { move, moveBurst, moveToEnd, targetBurstIds, targetIds } from "./navigation.ts";
import { burst, byId, photo } from "./photo-fixture.ts";
import { activate, noFilters, selectRange, setMode, useView } from "./view-store.ts";

const activeId = (): number | null => useView.getState().activeId;

describe("going from photo to photo", () => {
  beforeEach(() => {
    useLibrary.setState({
      photos: byId(
        photo(1, { burstId: 10 }),
        photo(2, { burstId: 11 }),
        photo(3, { burstId: 11 }),
        photo(4, { burstId: 12 }),
        photo(5, { burstId: 12 }),
      ),
      bursts: byId(burst(10, 1), burst(11, 3), burst(12, 4)),
    });
    useView.setState({ filters: noFilters });
    setMode("grid");
    activate(null);
  });

  it("begins at the first, and stops at the ends", () => {
    move(1);
    expect(activeId()).toBe(1);
    move(-1);
    expect(activeId()).toBe(1);
    move(99);
    expect(activeId()).toBe(5);
  });

  it("goes to either end from wherever it is", () => {
    moveToEnd("last");
    expect(activeId()).toBe(5);
    moveToEnd("first");
    expect(activeId()).toBe(1);
  });

  it("selects on the way with Shift", () => {
    activate(2);
    move(1, true);
    move(1, true);
    expect([...useView.getState().selection]).toEqual([2, 3, 4]);
  });

  it("goes from burst to burst, always to the first frame", () => {
    activate(3);
    moveBurst(1);
    expect(activeId()).toBe(4);
    moveBurst(1);
    expect(activeId()).toBe(4);
    activate(5);
    moveBurst(-1);
    expect(activeId()).toBe(2);
    moveBurst(-1);
    expect(activeId()).toBe(1);
  });

  it("decides on what is selected and in sight in the grid, on the one photo that is looked at elsewhere", () => {
    activate(2);
    selectRange(4, [1, 2, 3, 4, 5]);
    expect(targetIds()).toEqual([2, 3, 4]);
    expect(targetBurstIds()).toEqual([11, 12]);
    useView.setState({ filters: { ...noFilters, text: "P3" } });
    expect(targetIds()).toEqual([3]);
    useView.setState({ filters: noFilters });
    setMode("loupe");
    expect(targetIds()).toEqual([4]);
  });
});
