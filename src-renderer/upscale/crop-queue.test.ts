import { expect, test } from "vitest";
import type { Problem } from "../../src-preload/contract/problem.ts";
import type { UpscaleCrop } from "../../src-preload/contract/upscale.ts";
import { type CropQuestion, CropQueue } from "./crop-queue.ts";

const refused: Problem = {
  code: "refused",
  happened: { en: "No.", ko: "안 됩니다." },
  todo: { en: "Try again.", ko: "다시 시도하세요." },
};

const crop = (key: string): UpscaleCrop => ({
  key,
  sourceWidth: 192,
  sourceHeight: 192,
  box: [0, 0, 0.1, 0.1],
  width: 768,
  height: 768,
  seconds: 0.5,
});

const question = (model: string, x = 0.5): CropQuestion => ({
  photoId: 1,
  version: "a",
  model,
  digest: "d1",
  denoise: 1,
  x,
  y: 0.5,
  edge: 192,
});

function desk() {
  const asked: {
    readonly model: string;
    readonly x: number;
    readonly answer: PromiseWithResolvers<UpscaleCrop>;
  }[] = [];
  const aborted: string[] = [];
  const queue = new CropQueue({
    ask: ({ model, x }, signal) => {
      const answer = Promise.withResolvers<UpscaleCrop>();
      asked.push({ model, x, answer });
      signal.addEventListener("abort", () => aborted.push(`${model}@${x}`));
      return answer.promise;
    },
    problemOf: () => refused,
    onChange: () => undefined,
  });
  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 6; turn += 1) await Promise.resolve();
  };
  return {
    queue,
    aborted,
    names: () => asked.map(({ model, x }) => `${model}@${x}`),
    async answer(index: number) {
      asked[index]?.answer.resolve(crop(`${index}`));
      await settle();
    },
    async refuse(index: number) {
      asked[index]?.answer.reject(new Error("no"));
      await settle();
    },
  };
}

test("one after the other, in the order of want", async () => {
  const { queue, names, answer } = desk();
  queue.want([question("a"), question("b")]);
  expect(names()).toEqual(["a@0.5"]);
  expect(queue.answer(question("a")).state).toBe("running");
  expect(queue.answer(question("b")).state).toBe("waiting");
  await answer(0);
  expect(queue.answer(question("a")).state).toBe("done");
  expect(names()).toEqual(["a@0.5", "b@0.5"]);
});

test("another place aborts what was being tried, and its late answer changes nothing", async () => {
  const { queue, names, aborted, answer } = desk();
  queue.want([question("a")]);
  queue.want([question("a", 0.25)]);
  expect(aborted).toEqual(["a@0.5"]);
  await answer(0);
  expect(queue.answer(question("a")).state).toBe("waiting");
  expect(names()).toEqual(["a@0.5", "a@0.25"]);
});

test("a place that was tried is there at once", async () => {
  const { queue, names, answer } = desk();
  queue.want([question("a")]);
  await answer(0);
  queue.want([question("a", 0.25)]);
  await answer(1);
  queue.want([question("a")]);
  expect(queue.answer(question("a")).state).toBe("done");
  expect(names()).toHaveLength(2);
});

test("another network under the same name is tried anew", async () => {
  const { queue, answer } = desk();
  queue.want([question("a")]);
  await answer(0);
  expect(queue.answer({ ...question("a"), digest: "d2" }).state).toBe("waiting");
});

test("a failure is said, does not hold up the others, and is tried again when it is wanted anew", async () => {
  const { queue, names, refuse } = desk();
  queue.want([question("a"), question("b")]);
  await refuse(0);
  expect(queue.answer(question("a"))).toEqual({ state: "failed", problem: refused });
  expect(names()).toEqual(["a@0.5", "b@0.5"]);
  queue.want([question("a"), question("b")]);
  expect(queue.answer(question("a")).state).toBe("failed");
  queue.want([question("b")]);
  queue.want([question("a"), question("b")]);
  expect(queue.answer(question("a")).state).toBe("waiting");
});
