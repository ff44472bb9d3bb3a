import { useLayoutEffect, useRef } from "react";
import { create } from "zustand";
import type { Rotation } from "../../src-preload/contract/photos.ts";
import { useView } from "../state/view-store.ts";
import {
  fitLook,
  type Look,
  type Point,
  pan,
  type Size,
  scaleOf,
  toggleZoom,
  turnLook,
  zoomAt,
} from "./viewport.ts";

/** How photos are looked at: kept from photo to photo and from view to view, until the grid is shown again. */
interface Looks {
  /** Panes zoom and pan together. */
  readonly isLinked: boolean;
  readonly shared: Look;
  /** Looks of single panes while they are not linked. */
  readonly own: ReadonlyMap<string, Look>;
}

const whole: Looks = { isLinked: true, shared: fitLook, own: new Map() };

export const useLooks = create<Looks>(() => whole);

/** Forgets every zoom: what comes next is something else. */
export function lookAtAll(): void {
  useLooks.setState(whole);
}

/** How photos were looked at before the survey began. */
let beforeSurvey: Looks = whole;

useView.subscribe(({ mode }, before) => {
  if (mode === before.mode) return;
  const { shared } = useLooks.getState();
  if (mode === "grid" || mode === "upscale") lookAtAll();
  else if (mode === "survey") {
    // All of each photo: a detail of the one before says nothing about the others.
    beforeSurvey = useLooks.getState();
    useLooks.setState(whole);
  } else if (before.mode === "survey" && shared.zoom === "fit") useLooks.setState(beforeSurvey);
});

export function lookOf({ isLinked, shared, own }: Looks, pane: string): Look {
  return isLinked ? shared : (own.get(pane) ?? shared);
}

function setLook(pane: string, look: Look): void {
  const { isLinked, own } = useLooks.getState();
  useLooks.setState(isLinked ? { shared: look } : { own: new Map(own).set(pane, look) });
}

/** Lets every pane have its own zoom and place, or joins them at what `pane` shows. */
export function toggleLinked(pane: string): void {
  const looks = useLooks.getState();
  useLooks.setState({ isLinked: !looks.isLinked, shared: lookOf(looks, pane), own: new Map() });
}

/** A place on the screen where a photo is shown: what commands need to know of it. */
interface Stage {
  /** Size of the photo as it is shown, turned, in image pixels. */
  readonly photo: Size;
  /** In device pixels. */
  readonly box: Size;
}

const useStages = create<{ readonly stages: ReadonlyMap<string, Stage> }>(() => ({
  stages: new Map(),
}));
/** What is worth looking at in the photo of a pane: the place of its subject, in shares of the photo as it is shown. */
const interests = new Map<string, Point>();
let pointed: { readonly pane: string; readonly at: Point } | null = null;

/** Says what a pane shows now; null when it is gone. */
export function setStage(pane: string, stage: Stage | null): void {
  const stages = new Map(useStages.getState().stages);
  if (stage === null) stages.delete(pane);
  else stages.set(pane, stage);
  useStages.setState({ stages });
  if (stage === null && pointed?.pane === pane) pointed = null;
}

/** Says where the subject of a pane's photo is; null where none is known. */
export function setInterest(pane: string, at: Point | null): void {
  if (at === null) interests.delete(pane);
  else interests.set(pane, at);
}

/** The zoom that a pane shows its photo at; null while it has none. */
export function useScale(pane: string): { readonly scale: number | null; readonly isFit: boolean } {
  const look = useLooks((state) => lookOf(state, pane));
  const stage = useStages((state) => state.stages.get(pane));
  const isKnown = stage !== undefined && stage.photo.width > 0 && stage.box.width > 0;
  return {
    scale: isKnown ? scaleOf(look, stage.photo, stage.box) : null,
    isFit: look.zoom === "fit",
  };
}

/** Keeps the same place in sight when the photo that is shown is turned. */
export function useTurnedLook(
  pane: string,
  photo: { readonly id: number; readonly rotation: Rotation } | undefined,
): void {
  const before = useRef(photo);
  useLayoutEffect(() => {
    const last = before.current;
    before.current = photo;
    if (photo === undefined || last?.id !== photo.id || last.rotation === photo.rotation) return;
    setLook(pane, turnLook(lookOf(useLooks.getState(), pane), last.rotation, photo.rotation));
  }, [pane, photo]);
}

/** The pointer is over this place of a pane, in device pixels of its box; null when it left. */
export function pointAt(pane: string, at: Point | null): void {
  if (at !== null) pointed = { pane, at };
  else if (pointed?.pane === pane) pointed = null;
}

type Change = (look: Look, photo: Size, box: Size) => Look;

/** Changes how a pane shows its photo. Nothing happens while there is none. */
export function changeLook(pane: string, change: Change): void {
  const stage = useStages.getState().stages.get(pane);
  if (stage === undefined || stage.photo.width === 0) return;
  setLook(pane, change(lookOf(useLooks.getState(), pane), stage.photo, stage.box));
}

/** Changes the pane under the pointer, about the pointer; else `primary`, about its middle. */
function changeAtPointer(
  primary: string,
  change: (look: Look, at: Point, photo: Size, box: Size) => Look,
): void {
  const { stages } = useStages.getState();
  const pane = pointed !== null && stages.has(pointed.pane) ? pointed.pane : primary;
  changeLook(pane, (look, photo, box) => {
    const at = pointed?.pane === pane ? pointed.at : { x: box.width / 2, y: box.height / 2 };
    return change(look, at, photo, box);
  });
}

/** Between the whole photo and 100 % at the pointer; while it points nowhere, at the subject. */
export function toggleZoomIn(primary: string): void {
  const center = pointed === null ? interests.get(primary) : undefined;
  changeAtPointer(primary, (look, at, photo, box) => {
    const next = toggleZoom(look, at, photo, box);
    if (next.zoom === "fit" || center === undefined) return next;
    return pan({ zoom: next.zoom, center }, { x: 0, y: 0 }, photo, box);
  });
}

/** Between the whole photo and as much of it as covers the box. */
export function toggleFill(primary: string): void {
  changeAtPointer(primary, ({ zoom, center }) =>
    zoom === "fill" ? fitLook : { zoom: "fill", center },
  );
}

/** One step of the keyboard's zoom: half as large again. */
export function zoomStep(primary: string, direction: 1 | -1): void {
  changeAtPointer(primary, (look, at, photo, box) => {
    const scale = scaleOf(look, photo, box);
    return zoomAt(look, scale * 1.5 ** direction, at, photo, box);
  });
}

/** Share of the box that one step of the keyboard's panning moves. */
const panShare = 0.2;

export function panStep(primary: string, x: -1 | 0 | 1, y: -1 | 0 | 1): void {
  changeAtPointer(primary, (look, _, photo, box) =>
    pan(look, { x: -x * panShare * box.width, y: -y * panShare * box.height }, photo, box),
  );
}
