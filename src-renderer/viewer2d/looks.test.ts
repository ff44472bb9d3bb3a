import { beforeEach, describe, expect, test } from "vitest";
import { setMode } from "../state/view-store.ts";
import {
  changeLook,
  lookOf,
  panStep,
  pointAt,
  setInterest,
  setStage,
  toggleFill,
  toggleLinked,
  toggleZoomIn,
  useLooks,
  zoomStep,
} from "./looks.ts";
import { fitLook, place } from "./viewport.ts";

const photo = { width: 6000, height: 4000 };
const box = { width: 1200, height: 800 };
const look = (pane: string) => lookOf(useLooks.getState(), pane);
const scale = (pane: string) => place(look(pane), photo, box).scale;

beforeEach(() => {
  setMode("loupe");
  setMode("grid");
  setStage("left", { photo, box });
  setStage("right", { photo, box });
  pointAt("left", null);
  pointAt("right", null);
  setInterest("left", null);
  setMode("compare");
});

describe("looks", () => {
  test("the survey begins with all of each photo; what was zoomed in before is so again after it", () => {
    toggleZoomIn("left");
    const zoomed = look("left");
    setMode("survey");
    expect(look("left")).toEqual(fitLook);
    setMode("loupe");
    expect(look("left")).toEqual(zoomed);
  });

  test("linked panes zoom together, about the pointer wherever it is", () => {
    pointAt("right", { x: 300, y: 200 });
    toggleZoomIn("left");
    expect(scale("left")).toBe(1);
    expect(look("left")).toEqual(look("right"));
    expect(look("left").center.x).toBeCloseTo(0.25 + 300 / 6000, 3);
  });

  test("without a pointer the primary pane is zoomed about its middle", () => {
    toggleZoomIn("left");
    expect(look("left").center.x).toBeCloseTo(0.5, 3);
    toggleZoomIn("left");
    expect(look("left")).toEqual(fitLook);
  });

  test("without a pointer it is the subject that is zoomed to, as far as the photo's edge lets it", () => {
    setInterest("left", { x: 0.3, y: 0.99 });
    toggleZoomIn("left");
    expect(scale("left")).toBe(1);
    expect(look("left").center.x).toBeCloseTo(0.3, 3);
    expect(look("left").center.y).toBeCloseTo(1 - 400 / 4000, 3);
    pointAt("left", { x: 600, y: 400 });
    toggleZoomIn("left");
    toggleZoomIn("left");
    expect(look("left").center.x).toBeCloseTo(0.5, 3);
  });

  test("panes that are not linked have looks of their own, and join at the one that is named", () => {
    toggleLinked("left");
    toggleZoomIn("left");
    expect(scale("left")).toBe(1);
    expect(look("right")).toEqual(fitLook);
    toggleLinked("left");
    expect(scale("right")).toBe(1);
  });

  test("the look outlives the pane, from view to view, until the grid is shown", () => {
    toggleZoomIn("left");
    setStage("left", null);
    setMode("loupe");
    expect(scale("other")).toBe(1);
    setMode("grid");
    expect(look("other")).toEqual(fitLook);
  });

  test("steps of the keyboard zoom in and out again, and pan by a fifth of the box", () => {
    zoomStep("left", 1);
    expect(scale("left")).toBeCloseTo(0.3);
    zoomStep("left", -1);
    expect(look("left")).toEqual(fitLook);
    toggleZoomIn("left");
    const before = place(look("left"), photo, box);
    panStep("left", 1, -1);
    const after = place(look("left"), photo, box);
    expect(after.x - before.x).toBe(-240);
    expect(after.y - before.y).toBe(160);
  });

  test("fill and back", () => {
    toggleFill("left");
    expect(look("left").zoom).toBe("fill");
    toggleFill("left");
    expect(look("left")).toEqual(fitLook);
  });

  test("a pane that shows nothing changes nothing", () => {
    changeLook("nowhere", () => ({ zoom: "fill", center: { x: 0, y: 0 } }));
    expect(look("nowhere")).toEqual(fitLook);
  });
});
