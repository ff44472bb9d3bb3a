import { beforeEach, expect, test } from "vitest";
import { useLibrary } from "./library-store.ts";
import { photo } from "./photo-fixture.ts";
import {
  leaveRoom,
  photosOf,
  showResult,
  showResults,
  upscale,
  useUpscaleRoom,
} from "./upscale-room.ts";
import { setMode, useView } from "./view-store.ts";

beforeEach(() => {
  setMode("grid");
  useUpscaleRoom.setState(useUpscaleRoom.getInitialState());
});

test("one step back: out of the close-up, out of the room, to where one came from", () => {
  setMode("loupe");
  upscale({ kind: "photos", photoIds: [1] });
  useUpscaleRoom.setState({ isCloseUp: true });
  leaveRoom();
  expect(useUpscaleRoom.getState().isCloseUp).toBe(false);
  expect(useView.getState().mode).toBe("upscale");
  leaveRoom();
  expect(useView.getState().mode).toBe("loupe");
});

test("a result that was opened from the list goes back to the list", () => {
  showResults();
  showResult(7);
  showResult(8);
  expect(useUpscaleRoom.getState()).toMatchObject({ tab: "results", resultId: 8 });
  leaveRoom();
  expect(useUpscaleRoom.getState().resultId).toBeNull();
  expect(useView.getState().mode).toBe("upscale");
  leaveRoom();
  expect(useView.getState().mode).toBe("grid");
});

test("a result that was opened from a photo goes back to the photo", () => {
  setMode("loupe");
  showResult(7);
  showResult(8);
  leaveRoom();
  expect(useView.getState().mode).toBe("loupe");
  expect(useUpscaleRoom.getState().resultId).toBeNull();
});

test("picks and all follow the folder; photos chosen one by one are those", () => {
  const photos = new Map(
    [
      photo(1, { name: "b2.jpg", capturedAt: 20, flag: "pick" }),
      photo(2, { name: "b10.jpg", capturedAt: 10 }),
      photo(3, { name: "b1.jpg", capturedAt: 20, flag: "pick" }),
    ].map((each) => [each.id, each]),
  );
  const ids = (batch: Parameters<typeof photosOf>[0]) =>
    photosOf(batch, photos).map(({ id }) => id);
  expect(ids({ kind: "picks" })).toEqual([3, 1]);
  expect(ids({ kind: "all" })).toEqual([2, 3, 1]);
  expect(ids({ kind: "photos", photoIds: [2, 99, 1] })).toEqual([2, 1]);
});

test("in another folder photos that were chosen one by one mean nothing", () => {
  useLibrary.setState({ rootId: 1 });
  upscale({ kind: "photos", photoIds: [1, 2] });
  useLibrary.setState({ rootId: 2 });
  expect(useUpscaleRoom.getState().batch).toEqual({ kind: "photos", photoIds: [] });
  upscale({ kind: "picks" });
  useLibrary.setState({ rootId: 3 });
  expect(useUpscaleRoom.getState().batch).toEqual({ kind: "picks" });
});
