import { expect, test } from "vitest";
import { preferencesSchema } from "../../src-preload/contract/preferences.ts";
import { EventHub } from "./events.ts";

function hub() {
  let revision = 0;
  const events = new EventHub({
    jobs: () => [],
    revision: () => revision,
    roots: () => [],
    modelsRevision: () => 1,
    preferences: () => preferencesSchema.parse({}),
    undo: () => null,
    redo: () => null,
    redoTouchesFiles: () => false,
  });
  return {
    events,
    change() {
      revision += 1;
      events.changed();
    },
  };
}

test("cursor 0 is answered at once; a current one waits for the next change", async () => {
  const { events, change } = hub();
  const first = await events.next(0);
  const waiting = events.next(first.cursor);
  change();
  expect((await waiting).revision).toBe(1);
});

test("a slow client gets one answer for everything that happened meanwhile", async () => {
  const { events, change } = hub();
  let { cursor } = await events.next(0);
  let answers = 0;
  for (let round = 0; round < 3; round += 1) {
    for (let n = 0; n < 10_000; n += 1) change();
    const news = await events.next(cursor);
    answers += 1;
    expect(news.revision).toBe((round + 1) * 10_000);
    ({ cursor } = news);
  }
  expect(answers).toBe(3);
});

test("a client that goes away stops waiting", async () => {
  const { events } = hub();
  const { cursor } = await events.next(0);
  const gone = new AbortController();
  const waiting = events.next(cursor, gone.signal);
  gone.abort(new Error("window closed"));
  await expect(waiting).rejects.toThrow("window closed");
  await expect(events.next(cursor, gone.signal)).rejects.toThrow("window closed");
});

test("a menu command reaches the windows that are open, and no window that opens later", async () => {
  const { events } = hub();
  const { cursor } = await events.next(0);
  events.runCommand("view.grid");
  expect((await events.next(cursor)).command).toBe("view.grid");
  expect((await events.next(0)).command).toBeNull();
});

test("a folder that was opened from outside is shown by windows that open a moment later, too", async () => {
  const { events, change } = hub();
  events.openRoot(7);
  const first = await events.next(0);
  expect(first.openRootId).toBe(7);
  change();
  expect((await events.next(first.cursor)).openRootId).toBeNull();
});
