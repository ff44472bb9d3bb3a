/** Undo as a window meets it: what works on files of a folder that is not shown is asked about first. */
import { access, mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createRouterClient } from "@orpc/server";
import { expect, onTestFinished, test } from "vitest";
import { takeJpeg, temporaryFolder } from "./photos/takes.fixture.ts";
import { createRouter } from "./router.ts";
import { openServices } from "./services.fixture.ts";

/** A Kiln without a window, over two folders of one photo each. */
async function openKiln() {
  const services = openServices(await temporaryFolder());
  onTestFinished(() => services.close());
  const client = createRouterClient(createRouter(services));
  const parent = await temporaryFolder();
  const open = async (name: string) => {
    const folder = join(parent, name);
    await mkdir(folder);
    await writeFile(join(folder, "a.jpg"), await takeJpeg({ scene: 1 }));
    const { rootId, jobId } = await client.library.import({
      token: services.sources.issue([folder]),
      mode: "reference",
      headersOnly: true,
    });
    await services.engine.whenEnded(jobId);
    const { photos } = await client.photos.changes({ rootId, since: 0 });
    return { rootId, folder, photoIds: photos.map(({ id }) => id) };
  };
  const picks = join(parent, "picks");
  await mkdir(picks);
  return { services, client, open, picks };
}

const isThere = (path: string): Promise<boolean> =>
  access(path).then(
    () => true,
    () => false,
  );

test("files that were moved out of another folder come back only when that was asked about", async () => {
  const { services, client, open, picks } = await openKiln();
  const pairs = await open("pairs");
  const big = await open("big");
  await client.edits.decide({ photoIds: pairs.photoIds, flag: "pick" });
  const answer = await client.apply.plan({
    rootId: pairs.rootId,
    action: "move",
    destination: services.sources.issue([picks]),
    pattern: "{name}",
    subfolders: "",
    secondCopy: null,
    rejects: "leave",
    undecided: "leave",
    exportQuality: 90,
    exportEdge: null,
  });
  if (!("plan" in answer)) throw new Error("Nothing is undecided.");
  const { planId } = answer.plan;
  await services.engine.whenEnded((await client.apply.start({ planId })).jobId);

  for (const shownRootId of [big.rootId, null]) {
    expect(await client.edits.undo({ shownRootId })).toMatchObject({
      planId,
      rootIds: [pairs.rootId],
      jobId: null,
    });
  }
  expect(services.engine.list().some(({ kind }) => kind === "undo-plan")).toBe(false);
  expect(await isThere(join(picks, "a.jpg"))).toBe(true);

  const { jobId, planId: asked } = await client.edits.undo({ shownRootId: pairs.rootId });
  expect(asked).toBeNull();
  await services.engine.whenEnded(jobId ?? 0);
  expect(await isThere(join(pairs.folder, "a.jpg"))).toBe(true);
  expect(await isThere(join(picks, "a.jpg"))).toBe(false);
});

test("a decision in another folder is taken back at once: no file is touched", async () => {
  const { client, open } = await openKiln();
  const pairs = await open("pairs");
  const big = await open("big");
  await client.edits.decide({ photoIds: pairs.photoIds, flag: "pick" });
  expect(await client.edits.undo({ shownRootId: big.rootId })).toMatchObject({
    planId: null,
    rootIds: [pairs.rootId],
  });
  const { photos } = await client.photos.changes({ rootId: pairs.rootId, since: 0 });
  expect(photos.map(({ flag }) => flag)).toEqual(["none"]);
});
