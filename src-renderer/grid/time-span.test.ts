import { expect, test } from "vitest";
import type { PhotoRow } from "../../src-preload/contract/photos.ts";
import { captureTime } from "../messages/language.ts";
import { photo } from "../state/photo-fixture.ts";
import { timeSpanOf } from "./time-span.ts";

const at = (...times: (string | null)[]): ReadonlyMap<number, PhotoRow> =>
  new Map(
    times.map((time, id) => [
      id,
      photo(id, { capturedAt: time === null ? null : Date.parse(`${time}Z`) }),
    ]),
  );

test("photos of one day, of one year, of several", () => {
  expect(timeSpanOf(at())).toBe("day");
  expect(timeSpanOf(at(null))).toBe("day");
  expect(timeSpanOf(at("2026-05-01T00:00", null, "2026-05-01T23:59"))).toBe("day");
  // Two minutes apart, and yet two days.
  expect(timeSpanOf(at("2026-05-02T00:01", "2026-05-01T23:59"))).toBe("year");
  expect(timeSpanOf(at("2026-01-01T00:00", "2025-12-31T23:59"))).toBe("years");
});

test("a time has as much of its date as tells it from the others", () => {
  const time = Date.parse("2026-05-01T09:03:07Z");
  expect(captureTime(time, "en", "day")).toBe("09:03:07");
  expect(captureTime(time, "en", "year")).toBe("1 May, 09:03:07");
  expect(captureTime(time, "en", "years")).toBe("1 May 2026, 09:03:07");
  expect(captureTime(time, "ko", "day")).toBe("09:03:07");
  expect(captureTime(time, "ko", "year")).toBe("5월 1일 09:03:07");
  expect(captureTime(time, "ko", "years")).toBe("2026년 5월 1일 09:03:07");
  expect(captureTime(null, "en", "years")).toBe("");
});
