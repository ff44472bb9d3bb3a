import { expect, test } from "vitest";
import { forEachFrame } from "./burst-queue.ts";

test("a burst's other frames wait for its first one and get what it came to", async () => {
  const order: string[] = [];
  await forEachFrame([["a1", "a2", "a3"], ["b1"], [], ["c1", "c2"]], 2, async (frame, first) => {
    order.push(`${frame} ${first ?? "-"}`);
    await Promise.resolve();
    return `after ${frame}`;
  });
  expect(order.toSorted()).toEqual([
    "a1 -",
    "a2 after a1",
    "a3 after a1",
    "b1 -",
    "c1 -",
    "c2 after c1",
  ]);
});

test("all lanes help with one long burst, and none more than that", async () => {
  let running = 0;
  let most = 0;
  const frames = Array.from({ length: 40 }, (_, index) => index);
  await forEachFrame([frames], 5, async () => {
    running += 1;
    most = Math.max(most, running);
    await new Promise((resolve) => setImmediate(resolve));
    running -= 1;
  });
  expect(most).toBe(5);
});

test("the first failure ends it when nothing runs any more", async () => {
  const done: number[] = [];
  const work = async (frame: number): Promise<void> => {
    await new Promise((resolve) => setImmediate(resolve));
    if (frame === 3) throw new Error("three");
    done.push(frame);
  };
  const bursts = Array.from({ length: 20 }, (_, index) => [index]);
  await expect(forEachFrame(bursts, 3, work)).rejects.toThrow("three");
  const before = done.length;
  for (let turn = 0; turn < 10; turn += 1) await new Promise((resolve) => setImmediate(resolve));
  expect(done.length).toBe(before);
  expect(before).toBeLessThan(8);
});
