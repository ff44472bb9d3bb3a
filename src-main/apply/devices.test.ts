/** What only real devices and real permissions show. A test that this machine doesn't permit is skipped by name. */
import { execFileSync } from "node:child_process";
import { appendFileSync, statSync } from "node:fs";
import {
  chmod,
  chown,
  mkdir,
  mkdtemp,
  readdir,
  readFile,
  rm,
  stat,
  truncate,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { systemTrash } from "../library/index.ts";
import { canMountDisks, mountSmallDisk } from "../small-disk.fixture.ts";
import { asRead, Bench, treeOf } from "./apply-fixture.ts";
import { planApply } from "./plan.ts";
import { runChild } from "./run-child-fixture.ts";

const isProof = process.env.KILN_PROOFS === "1";

let bench: Bench;
beforeEach(async () => {
  bench = await Bench.make();
});
afterEach(() => bench[Symbol.asyncDispose]());

const memory = "/dev/shm";
const hasOtherDevice = ((): boolean => {
  const found = statSync(memory, { throwIfNoEntry: false });
  return found !== undefined && found.dev !== statSync(tmpdir()).dev;
})();

describe.skipIf(!hasOtherDevice)("another device (/dev/shm)", () => {
  let away: string;
  beforeEach(async () => {
    away = await mkdtemp(join(memory, "kiln-apply-"));
  });
  afterEach(() => rm(away, { recursive: true }));

  test("a move there and back keeps bytes, time and permissions, and says beforehand that it copies", async () => {
    const picks = [await bench.photo("a.jpg", "a.CR2")];
    await chmod(join(bench.shoot, "a.jpg"), 0o640);
    const before = await treeOf(bench.shoot);
    const { mtimeMs } = await stat(join(bench.shoot, "a.jpg"));
    const { planId, draft } = await bench.plan({ picks, action: "move", destination: away });
    expect(draft.warnings.map(({ en }) => en).join()).toMatch(/on another drive/);
    expect(await bench.apply(planId)).toEqual({ done: 2, failed: [] });
    expect(await treeOf(away)).toEqual(before);
    expect(await readdir(bench.shoot)).toEqual([]);
    const moved = await stat(join(away, "a.jpg"));
    expect(moved.mode & 0o777).toBe(0o640);
    expect(Math.abs(moved.mtimeMs - mtimeMs)).toBeLessThan(0.01);
    expect(bench.store.items(planId).map(({ sha256 }) => sha256)).toEqual([
      before.get("a.jpg"),
      before.get("a.CR2"),
    ]);
    expect((await bench.undo(planId)).kept).toEqual([]);
    expect(await treeOf(bench.shoot)).toEqual(before);
    expect(await readdir(away)).toEqual([]);
  });

  test("a source that changes while it is copied stays, and nothing of it arrives", async () => {
    const picks = [await bench.photo("a.jpg")];
    const path = join(bench.shoot, "a.jpg");
    const { planId } = await bench.plan({ picks, action: "move", destination: away });
    const { failed } = await bench.apply(planId, {
      // Between the last bytes of the copy and the look back at the source.
      onProgress: ({ items }) => {
        if (items === 0) appendFileSync(path, "more");
      },
    });
    expect(failed.map(({ problem }) => problem?.code)).toEqual(["source-changed"]);
    expect((await readFile(path, "utf8")).endsWith("more")).toBe(true);
    expect(await readdir(away)).toEqual([]);
  });

  test("a crash before the source went, and a source changed since: both files are kept", async () => {
    const picks = [await bench.photo("a.jpg")];
    const { planId } = await bench.plan({ picks, action: "move", destination: away });
    const [item] = bench.store.items(planId);
    if (item === undefined) throw new Error("The plan is empty.");
    // The journal and the disk as such a crash leaves them.
    const hash = (await treeOf(bench.shoot)).get("a.jpg") ?? "";
    await writeFile(join(away, "a.jpg"), await readFile(item.source));
    bench.store.setState(planId, "applying");
    bench.store.save(item, { state: "started", sha256: hash, targetSha256: hash });
    appendFileSync(item.source, "edited");
    const { failed } = await bench.apply(planId);
    expect(failed.map(({ problem }) => problem?.code)).toEqual(["both-kept"]);
    expect((await readdir(bench.shoot)).concat(await readdir(away))).toEqual(["a.jpg", "a.jpg"]);
  });

  test("a reject on it goes to its own trash, and comes back from there", async () => {
    bench.trash = systemTrash({ platform: "linux" });
    const picks = [await bench.photo("a.jpg")];
    const move = await bench.plan({ picks, action: "move", destination: away });
    await bench.apply(move.planId);
    const path = join(away, "a.jpg");
    const rejects = [
      await asRead({ ...bench.planned(picks[0]?.photoId ?? 0), files: [{ fileId: 1, path }] }),
    ];
    const { planId } = await bench.plan({ rejects });
    await bench.apply(planId);
    expect(await readdir(away)).toEqual([]);
    const own = join(memory, `.Trash-${process.getuid?.() ?? 0}`);
    expect((await readdir(join(own, "files"))).length).toBeGreaterThan(0);
    expect((await bench.undo(planId)).kept).toEqual([]);
    expect(await readdir(away)).toEqual(["a.jpg"]);
    if ((await readdir(join(own, "files"))).length === 0) await rm(own, { recursive: true });
  });
});

describe.skipIf(!canMountDisks)("a volume of 1 MB (mount -t tmpfs, as root)", () => {
  let small: string;
  beforeEach(async () => {
    small = await mountSmallDisk("size=1m");
  });

  test.each(["copy", "move"] as const)(
    "a full disk stops a %s cleanly; it goes on when there is room, or is undone",
    async (action) => {
      const photos = [
        await bench.photo("a.jpg"),
        await bench.photo("b.jpg"),
        await bench.photo("c.jpg"),
      ];
      const big = join(bench.shoot, "b.jpg");
      await writeFile(big, Buffer.alloc(400_000, 7));
      const picks = await Promise.all(photos.map(asRead));
      const before = await treeOf(bench.shoot);
      for (const end of ["undo", "go on"]) {
        const { planId } = await bench.plan({ picks, action, destination: small });
        await writeFile(join(small, "filler"), Buffer.alloc(700_000));
        await expect(bench.apply(planId)).rejects.toThrow("disk-full");
        expect((await readdir(small)).toSorted()).toEqual(["a.jpg", "filler"]);
        expect(bench.store.items(planId).map(({ state }) => state)).toEqual([
          "done",
          "pending",
          "pending",
        ]);
        await rm(join(small, "filler"));
        if (end === "go on") expect(await bench.apply(planId)).toEqual({ done: 3, failed: [] });
        expect((await bench.undo(planId)).kept).toEqual([]);
        expect(await treeOf(bench.shoot)).toEqual(before);
        expect(await readdir(small)).toEqual([]);
      }
    },
  );

  test("a full disk is said before anything starts, where it can be known", async () => {
    const photo = await bench.photo("a.jpg");
    await truncate(join(bench.shoot, "a.jpg"), 3_000_000);
    const picks = [await asRead(photo)];
    const full = planApply(bench.input({ picks, destination: small }));
    await expect(full).rejects.toThrow("not-enough-space: The photos take 3.0 MB");
    const tight = await planApply(bench.input({ picks, destination: small, action: "export" }));
    expect(tight.warnings.map(({ en }) => en).join()).toMatch(/will have 0 B left/);
  });

  test("a full disk on the way back stops the undo, which goes on when there is room", async () => {
    const shoot = join(small, "shoot");
    await mkdir(shoot);
    const photo = await bench.photo("a.jpg");
    const path = join(shoot, "a.jpg");
    await writeFile(path, Buffer.alloc(500_000, 5));
    const picks = [await asRead({ ...photo, files: [{ fileId: photo.files[0].fileId, path }] })];
    const { planId } = await bench.plan({ picks, action: "move" });
    await bench.apply(planId);
    await writeFile(join(small, "filler"), Buffer.alloc(800_000));
    await expect(bench.undo(planId)).rejects.toThrow("disk-full");
    expect((await stat(join(bench.destination, "a.jpg"))).size).toBe(500_000);
    expect(await readdir(shoot)).toEqual([]);
    await rm(join(small, "filler"));
    expect((await bench.undo(planId)).kept).toEqual([]);
    expect(await readFile(path)).toEqual(Buffer.alloc(500_000, 5));
  });

  test("a card is told by its DCIM folder, a read-only volume by its mount", async () => {
    const picks = [await bench.photo("a.jpg")];
    await mkdir(join(small, "DCIM"));
    await mkdir(join(small, "deep", "er"), { recursive: true });
    for (const destination of [small, join(small, "deep", "er")]) {
      await expect(planApply(bench.input({ picks, destination }))).rejects.toThrow(
        "destination-on-card",
      );
    }
    const path = join(small, "DCIM", "a.jpg");
    await writeFile(path, "on the card");
    const onCard = [
      await asRead({ ...bench.planned(picks[0]?.photoId ?? 0), files: [{ fileId: 1, path }] }),
    ];
    await expect(planApply(bench.input({ picks: onCard, action: "move" }))).rejects.toThrow(
      "source-on-card",
    );
    await expect(planApply(bench.input({ rejects: onCard }))).rejects.toThrow("source-on-card");
    expect((await bench.trash.refusal(path))?.code).toBe("trash-on-card");
    const { planId } = await bench.plan({ picks: onCard });
    expect((await bench.apply(planId)).done).toBe(1);

    await rm(join(small, "DCIM"), { recursive: true });
    const { planId: later } = await bench.plan({ picks, destination: small });
    execFileSync("mount", ["-o", "remount,ro", small]);
    await expect(planApply(bench.input({ picks, destination: small }))).rejects.toThrow(
      "destination-unwritable",
    );
    await expect(bench.apply(later)).rejects.toThrow("destination-unwritable");
    expect(bench.store.items(later).map(({ state }) => state)).toEqual(["pending"]);
  });
});

/** Nobody: a user for whom permissions hold. */
const nobody = 65534;
const mayBeNobody = ((): boolean => {
  if (process.getuid?.() !== 0) return false;
  try {
    const child = join(import.meta.dirname, "plan-child-fixture.ts");
    execFileSync(process.execPath, [child], { uid: nobody, gid: nobody, stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();

describe.skipIf(!mayBeNobody)("another user's files (a child under another uid, as root)", () => {
  /** Hands folders, not the files in them, to nobody. */
  async function give(...paths: string[]): Promise<void> {
    await chmod(bench.folder, 0o755);
    for (const path of paths) await chown(path, nobody, nobody);
  }
  async function giveLibrary(): Promise<void> {
    const library = join(bench.folder, "library");
    bench.closeLibrary();
    await give(library, ...(await readdir(library)).map((name) => join(library, name)));
  }
  async function asNobody(planId: number, direction: "apply" | "undo" = "apply") {
    await giveLibrary();
    const end = await runChild(bench.order(planId, direction), { uid: nobody });
    bench.openLibrary();
    return end.code;
  }

  test("an unreadable photo is left alone with its companions, the others are copied", async () => {
    const picks = [await bench.photo("a.jpg", "a.CR2"), await bench.photo("b.jpg")];
    await chmod(join(bench.shoot, "a.CR2"), 0o600);
    const { planId } = await bench.plan({ picks });
    await give(bench.destination);
    expect(await asNobody(planId)).toBeNull();
    expect(bench.problems(planId)).toEqual(["source-locked", "source-locked"]);
    expect(await readdir(bench.destination)).toEqual(["b.jpg"]);
    expect(await asNobody(planId, "undo")).toBeNull();
    expect(await readdir(bench.destination)).toEqual([]);
  });

  test("a destination or a source folder that can't be written to stops the run", async () => {
    const picks = [await bench.photo("a.jpg")];
    const copy = await bench.plan({ picks });
    expect(await asNobody(copy.planId)).toBe("destination-unwritable");
    const move = await bench.plan({ picks, action: "move" });
    await give(bench.destination);
    expect(await asNobody(move.planId)).toBe("source-folder-unwritable");
    expect(await readdir(bench.destination)).toEqual([]);
    expect(await readdir(bench.shoot)).toEqual(["a.jpg"]);
  });

  // Linux forbids hard links to files of others (fs.protected_hardlinks), as FAT and exFAT forbid them at all.
  test("without hard links a file still moves, never over another, whenever it is killed", async () => {
    const photo = await bench.photo("a.jpg");
    const before = await treeOf(bench.shoot);
    await writeFile(join(bench.destination, "somebody's"), "somebody's");
    await give(bench.destination, bench.shoot);
    let kills = 0;
    for (const direction of ["apply", "undo"] as const) {
      for (const when of ["before", "after"] as const) {
        let isOver = false;
        for (let call = 1; !isOver; call += isProof ? 1 : 7) {
          const { planId } = await bench.plan({ picks: [photo], action: "move" });
          if (direction === "undo") await bench.apply(planId);
          await giveLibrary();
          const order = { ...bench.order(planId, direction), killAt: { call, when } };
          const end = await runChild(order, { uid: nobody });
          isOver = !end.wasKilled;
          kills += end.wasKilled ? 1 : 0;
          bench.openLibrary();
          expect([...(await treeOf(bench.folder)).values()]).toContain(before.get("a.jpg"));
          const isBegun = bench.store.plan(planId)?.state !== "planned";
          if (isBegun) expect(await asNobody(planId, direction)).toBeNull();
          if (isBegun && direction === "apply") {
            expect((await readdir(bench.destination)).toSorted()).toEqual(["a.jpg", "somebody's"]);
            expect((await bench.undo(planId)).kept).toEqual([]);
          }
          expect(bench.problems(planId)).toEqual([]);
          expect(await treeOf(bench.shoot)).toEqual(before);
          expect(await readdir(bench.destination)).toEqual(["somebody's"]);
        }
      }
    }
    process.stdout.write(
      `kill test without hard links: ${kills} kills; 0 originals changed, 0 lost\n`,
    );
    expect(kills).toBeGreaterThan(10);
  }, 300_000);
});
