import { beforeEach, describe, expect, it } from "vitest";
import {
  activate,
  forgetPlace,
  openPanel,
  selectAll,
  selectRange,
  toggleSelected,
  useView,
} from "./view-store.ts";

const order = [1, 2, 3, 4, 5, 6];

function selected(): number[] {
  return [...useView.getState().selection].sort((a, b) => a - b);
}

describe("the selection", () => {
  beforeEach(() => activate(null));

  it("is the one photo that was clicked", () => {
    activate(3);
    expect(selected()).toEqual([3]);
    expect(useView.getState().activeId).toBe(3);
  });

  it("runs from the last click to a Shift-click, either way, and turns round its anchor", () => {
    activate(3);
    selectRange(5, order);
    expect(selected()).toEqual([3, 4, 5]);
    selectRange(1, order);
    expect(selected()).toEqual([1, 2, 3]);
    expect(useView.getState().activeId).toBe(1);
  });

  it("takes photos in and out with Ctrl, and goes on from there", () => {
    activate(2);
    toggleSelected(5);
    expect(selected()).toEqual([2, 5]);
    expect(useView.getState().activeId).toBe(5);
    toggleSelected(5);
    expect(selected()).toEqual([2]);
    expect(useView.getState().activeId).toBe(2);
  });

  it("starts anew where its anchor was filtered away", () => {
    activate(3);
    selectRange(5, [1, 5, 6]);
    expect(selected()).toEqual([5]);
  });

  it("can be everything, with the active photo as it was", () => {
    activate(4);
    selectAll(order);
    expect(selected()).toEqual(order);
    expect(useView.getState().activeId).toBe(4);
  });
});

describe("another folder", () => {
  it("closes what was asked about the one before, and nothing else", () => {
    for (const [panel, stays] of [
      ["apply", null],
      ["similar", null],
      ["skipped", null],
      ["jobs", "jobs"],
      ["settings", "settings"],
    ] as const) {
      activate(3);
      openPanel(panel);
      forgetPlace();
      expect(useView.getState().panel).toBe(stays);
      expect(selected()).toEqual([]);
    }
  });
});
