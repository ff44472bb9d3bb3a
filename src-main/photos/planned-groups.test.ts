import { expect, test } from "vitest";
import { finish } from "../in-turns.ts";
import type { BurstMember } from "../library/index.ts";
import { linkFolders, planGroups } from "./planned-groups.ts";

function member(id: number, path: string, more: Partial<BurstMember> = {}): BurstMember {
  const end = path.lastIndexOf("/");
  return {
    id,
    name: path.slice(end + 1),
    directory: path.slice(0, end),
    identity: `bytes-${id}`,
    capturedAt: 100 * id + 1,
    hasSubseconds: true,
    offsetMinutes: null,
    exposureSeconds: 0.01,
    camera: "Kiln One",
    burstId: null,
    burstIsManual: false,
    focus: null,
    ...more,
  };
}

function groups(members: readonly BurstMember[]): number[][] {
  const folders = finish(linkFolders(members, new Map(), 2000));
  return finish(planGroups(folders, 2000)).map(({ frames }) => frames.map(({ id }) => id));
}

test("a burst goes on in the folder that the camera fills next, and in no other", () => {
  const rolling = ["/card/100CANON/IMG_9998.JPG", "/card/100CANON/IMG_9999.JPG"];
  const next = ["/card/101CANON/IMG_0001.JPG", "/card/101CANON/IMG_0002.JPG"];
  expect(groups([...rolling, ...next].map((path, i) => member(i + 1, path)))).toEqual([
    [1, 2, 3, 4],
  ]);
  const apart = ["/card/friday/1.JPG", "/card/saturday/2.JPG", "/other/100CANON/3.JPG"];
  expect(groups(apart.map((path, i) => member(i + 1, path)))).toEqual([[1], [2], [3]]);
});

test("a group keeps the burst that most of its photos are in; no burst becomes that of two groups", () => {
  const members = [
    member(1, "/a/1.JPG", { burstId: 7 }),
    member(2, "/a/2.JPG", { burstId: 8 }),
    member(3, "/a/3.JPG", { burstId: 8 }),
    member(4, "/a/4.JPG", { burstId: 8, capturedAt: 90_000 }),
  ];
  const folders = finish(linkFolders(members, new Map(), 2000));
  const planned = finish(planGroups(folders, 2000));
  expect(planned.map(({ burstId, frames }) => [burstId, frames.length])).toEqual([
    [8, 3],
    [null, 1],
  ]);
});
