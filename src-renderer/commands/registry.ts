import { type CommandId, commands } from "../../src-preload/contract/commands.ts";
import type { Flag, Label } from "../../src-preload/contract/photos.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";
import { door } from "../door/door.ts";
import { attempt, chooseBest, decide, redo, rotate } from "../state/edits.ts";
import { setFilters } from "../state/filters.ts";
import { currentItems } from "../state/items.ts";
import { useLibrary } from "../state/library-store.ts";
import {
  currentOrder,
  move,
  moveBurst,
  moveToEnd,
  targetBurstIds,
  targetIds,
} from "../state/navigation.ts";
import { openFolder, trySample } from "../state/opening.ts";
import { resizeTiles, setPreferences } from "../state/preferences.ts";
import { acceptByHand, acceptUndecided } from "../state/proposals.ts";
import { framesToSplit } from "../state/split.ts";
import { goCompareTie, goToTie, goToUndecided, hasTies } from "../state/tie-moves.ts";
import { showToast } from "../state/toasts.ts";
import { undoAndGo } from "../state/undone.ts";
import { showResults, upscale, useUpscaleRoom } from "../state/upscale-room.ts";
import {
  activate,
  openPanel,
  type Panel,
  selectAll,
  setMode,
  useView,
  type ViewMode,
} from "../state/view-store.ts";

/** What a command does. `when` says whether it means anything now; without it: always. */
interface Action {
  readonly when?: () => boolean;
  readonly run: () => unknown;
}

const hasRoot = (): boolean => useLibrary.getState().rootId !== null;
const hasTarget = (): boolean => targetIds().length > 0;
const hasActive = (): boolean => useView.getState().activeId !== null;
/** A lone photo is a burst of one: there is nothing to take apart. */
const hasStack = (): boolean => {
  const burstIds = new Set(targetBurstIds());
  return currentItems().some(
    (item) => item.burstSize > 1 && item.burstId !== null && burstIds.has(item.burstId),
  );
};
const isComparing = (): boolean => useView.getState().mode === "compare";
const isUpscaling = (): boolean => useView.getState().mode === "upscale";
const isLarge = (): boolean => useView.getState().mode !== "grid" && !isUpscaling();

/** Decides on the target and goes on to the next photo where that is wanted. */
async function decideAndAdvance(decision: Parameters<typeof decide>[1]): Promise<void> {
  const ids = targetIds();
  const { autoAdvance } = useLibrary.getState().preferences;
  const advance = autoAdvance && ids.length === 1 && useView.getState().mode !== "survey";
  // The order as it was: a filter may take the photo out of sight with this very decision.
  const order = currentOrder();
  const [only] = ids;
  const next = only === undefined ? undefined : order[order.indexOf(only) + 1];
  const done = decide(ids, decision);
  if (advance) goOn(next);
  await done;
}

/** A view may have a way of its own to go on; otherwise it is the next photo. */
function goOn(next: number | undefined): void {
  if (!runProvided("advance") && next !== undefined) activate(next);
}

const flag = (value: Flag): Action => ({
  when: hasTarget,
  run: () => decideAndAdvance({ flag: value }),
});
const stars = (value: number): Action => ({
  when: hasTarget,
  run: () => decideAndAdvance({ stars: value }),
});
const label = (value: Label): Action => ({
  when: hasTarget,
  run: () => {
    const { photos } = useLibrary.getState();
    const ids = targetIds();
    // The same colour again takes it off.
    const isSet = ids.every((id) => photos.get(id)?.label === value);
    return decideAndAdvance({ label: isSet ? "none" : value });
  },
});
const mode = (value: ViewMode): Action => ({
  when: hasRoot,
  run: () => {
    if (value !== "grid" && !hasActive()) move(0);
    if (value === "grid" || hasActive()) setMode(value);
  },
});
const provided = (id: CommandId): Action => ({
  when: () => providers.has(id),
  run: () => undefined,
});
const panel = (value: Panel): Action => ({
  run: () => openPanel(useView.getState().panel === value ? null : value),
});

/** Edits of stacks: the answer's step of undo is all that the page needs to know. */
const stack = (
  run: (burstIds: number[]) => Promise<unknown>,
  when: () => boolean = () => targetBurstIds().length > 0,
): Action => ({ when, run: () => attempt(() => run(targetBurstIds())) });

/** Takes the proposals of the target and goes on to the next burst where that is wanted. */
const accept = (others: "leave" | "reject"): Action => ({
  when: () => targetBurstIds().length > 0,
  run: async () => {
    const burstIds = targetBurstIds();
    const { autoAdvance } = useLibrary.getState().preferences;
    const done =
      burstIds.length === 1 ? acceptByHand(burstIds, others) : acceptUndecided(burstIds, others);
    if (autoAdvance && burstIds.length === 1) goToUndecided();
    await done;
  },
});

/** An edit of many things at once: said when it is done, with the way back at hand. */
async function sweep(
  text: Localized,
  run: () => Promise<{ editId: number | null } | null>,
): Promise<void> {
  const done = await attempt(run);
  if (done === null || done.editId === null) return;
  showToast({
    topic: "step",
    text,
    action: { label: commands["edit.undo"].title, run: () => void undoAndGo() },
  });
}

/** The selection, or what is looked at; with neither the first photo. In the room itself the batch stays. */
function upscaleTarget(): void {
  if (isUpscaling()) {
    useUpscaleRoom.setState({ tab: "make", resultId: null });
    return;
  }
  if (!hasTarget()) move(0);
  upscale({ kind: "photos", photoIds: targetIds() });
}

function shownBurstIds(): number[] {
  return [...new Set(currentItems().flatMap((item) => item.burstId ?? []))];
}

function toggleStacks(): void {
  const { toggledBursts } = useView.getState();
  const next = new Set(toggledBursts);
  for (const id of targetBurstIds()) {
    if (!next.delete(id)) next.add(id);
  }
  useView.setState({ toggledBursts: next });
}

function toggleAllStacks(): Promise<void> {
  const { stacksCollapsed } = useLibrary.getState().preferences;
  useView.setState({ toggledBursts: new Set() });
  return setPreferences({ stacksCollapsed: !stacksCollapsed });
}

async function copyDiagnostics(): Promise<void> {
  await attempt(async () => {
    const { text } = await door.app.diagnostics();
    await navigator.clipboard.writeText(text);
    showToast({ text: { en: "Diagnostics copied.", ko: "진단 정보를 복사했습니다." } });
  });
}

const actions: Record<CommandId, Action> = {
  "file.open": { run: openFolder },
  "file.sample": { run: trySample },
  "file.writeSidecars": {
    when: hasRoot,
    run: () =>
      attempt(async () => {
        const { rootId } = useLibrary.getState();
        if (rootId !== null) await door.library.writeSidecars({ rootId });
      }),
  },
  "file.refresh": {
    when: hasRoot,
    run: () =>
      attempt(async () => {
        const { rootId } = useLibrary.getState();
        if (rootId !== null) await door.library.refresh({ rootId });
      }),
  },
  "file.apply": { when: hasRoot, run: () => openPanel("apply") },
  "file.forget": {
    when: hasRoot,
    run: () =>
      sweep(
        {
          en: "The folder is out of Kiln. Its files are untouched.",
          ko: "폴더를 Kiln에서 뺐습니다. 파일은 그대로입니다.",
        },
        async () => {
          const { rootId } = useLibrary.getState();
          return rootId === null ? null : door.library.forget({ rootId });
        },
      ),
  },
  "file.settings": panel("settings"),
  // The news of a step come a moment after it, and a key that is quicker must not be lost.
  "edit.undo": { when: () => hasRoot() || useLibrary.getState().undo !== null, run: undoAndGo },
  "edit.redo": { when: () => useLibrary.getState().redo !== null, run: redo },
  "edit.selectAll": { when: hasRoot, run: () => selectAll(currentOrder()) },
  "edit.selectNone": { when: hasTarget, run: () => activate(null) },
  "photo.pick": flag("pick"),
  "photo.reject": flag("reject"),
  "photo.unflag": flag("none"),
  "photo.stars0": stars(0),
  "photo.stars1": stars(1),
  "photo.stars2": stars(2),
  "photo.stars3": stars(3),
  "photo.stars4": stars(4),
  "photo.stars5": stars(5),
  "photo.red": label("red"),
  "photo.yellow": label("yellow"),
  "photo.green": label("green"),
  "photo.blue": label("blue"),
  "photo.purple": label("purple"),
  "photo.noLabel": { when: hasTarget, run: () => decide(targetIds(), { label: "none" }) },
  "photo.rotateLeft": { when: hasTarget, run: () => rotate(targetIds(), -1) },
  "photo.rotateRight": { when: hasTarget, run: () => rotate(targetIds(), 1) },
  "photo.upscale": { when: hasRoot, run: upscaleTarget },
  "photo.upscalePicks": { when: hasRoot, run: () => upscale({ kind: "picks" }) },
  "photo.reveal": {
    when: hasActive,
    run: () =>
      attempt(async () => {
        const { activeId } = useView.getState();
        if (activeId !== null) await door.photos.reveal({ photoId: activeId });
      }),
  },
  "stack.accept": accept("leave"),
  "stack.acceptAndReject": accept("reject"),
  "stack.acceptAll": {
    when: () => shownBurstIds().length > 0,
    run: () => acceptUndecided(shownBurstIds(), "leave"),
  },
  "stack.nextTie": { when: hasTies, run: goToTie },
  "stack.compareTie": { when: hasTies, run: goCompareTie },
  "stack.choose": {
    when: () => hasActive() && !isUpscaling(),
    run: () => {
      const { activeId } = useView.getState();
      return activeId === null ? undefined : chooseBest(activeId);
    },
  },
  "stack.split": stack(
    () => door.edits.splitBurst({ photoIds: framesToSplit() }),
    () => framesToSplit().length > 0,
  ),
  "stack.merge": stack(
    (burstIds) => door.edits.mergeBursts({ burstIds }),
    () => targetBurstIds().length > 1,
  ),
  "stack.dissolve": stack((burstIds) => door.edits.dissolveBursts({ burstIds }), hasStack),
  "stack.dissolveAll": {
    when: () => shownBurstIds().length > 0,
    run: () =>
      sweep({ en: "All stacks dissolved.", ko: "모든 묶음을 풀었습니다." }, () =>
        door.edits.dissolveBursts({ burstIds: shownBurstIds() }),
      ),
  },
  "stack.regroup": {
    when: hasRoot,
    run: () =>
      sweep(
        {
          en: "Grouped again by time and look.",
          ko: "시각과 모습에 따라 다시 묶었습니다.",
        },
        async () => {
          const { rootId } = useLibrary.getState();
          return rootId === null ? null : door.edits.resetBursts({ rootId });
        },
      ),
  },
  "stack.gap": provided("stack.gap"),
  "stack.similar": { when: hasActive, run: () => openPanel("similar") },
  "stack.collapse": { when: hasStack, run: toggleStacks },
  "stack.collapseAll": { when: hasRoot, run: toggleAllStacks },
  "stack.next": { when: hasRoot, run: () => moveBurst(1) },
  "stack.previous": { when: hasRoot, run: () => moveBurst(-1) },
  "view.first": { when: hasRoot, run: () => moveToEnd("first") },
  "view.last": { when: hasRoot, run: () => moveToEnd("last") },
  "view.grid": mode("grid"),
  "view.loupe": mode("loupe"),
  "view.toggleLoupe": {
    when: hasRoot,
    run: () => actions[isLarge() ? "view.grid" : "view.loupe"].run(),
  },
  "view.compare": mode("compare"),
  "view.survey": mode("survey"),
  "view.upscaled": { when: hasRoot, run: showResults },
  // What these do is a large view's own business: it provides them while it is shown.
  "view.zoom": provided("view.zoom"),
  "view.zoomIn": provided("view.zoomIn"),
  "view.zoomOut": provided("view.zoomOut"),
  "view.fill": provided("view.fill"),
  "view.panLeft": provided("view.panLeft"),
  "view.panRight": provided("view.panRight"),
  "view.panUp": provided("view.panUp"),
  "view.panDown": provided("view.panDown"),
  "view.linkZoom": provided("view.linkZoom"),
  "compare.crown": provided("compare.crown"),
  "compare.swap": provided("compare.swap"),
  "compare.side": provided("compare.side"),
  "compare.faces": {
    when: isComparing,
    run: () => useView.setState(({ showFaces }) => ({ showFaces: !showFaces })),
  },
  "compare.nextFace": provided("compare.nextFace"),
  "view.subject": {
    when: isLarge,
    run: () => useView.setState(({ showSubject }) => ({ showSubject: !showSubject })),
  },
  "view.clipping": {
    when: isLarge,
    run: () => useView.setState(({ showClipping }) => ({ showClipping: !showClipping })),
  },
  "view.peaking": {
    when: isLarge,
    run: () => useView.setState(({ showPeaking }) => ({ showPeaking: !showPeaking })),
  },
  "view.filmstrip": {
    when: isLarge,
    run: () => setPreferences({ showFilmstrip: !useLibrary.getState().preferences.showFilmstrip }),
  },
  "view.panels": {
    when: hasRoot,
    run: () => setPreferences({ showPanels: !useLibrary.getState().preferences.showPanels }),
  },
  "view.ties": {
    when: () => hasTies() || useView.getState().filters.tiesOnly,
    run: () => setFilters({ tiesOnly: !useView.getState().filters.tiesOnly }),
  },
  "view.filters": {
    when: hasRoot,
    run: () => useView.setState(({ showFilters }) => ({ showFilters: !showFilters })),
  },
  "view.jobs": panel("jobs"),
  "view.bigger": { when: hasRoot, run: () => resizeTiles(1) },
  "view.smaller": { when: hasRoot, run: () => resizeTiles(-1) },
  "view.fullscreen": {
    run: () =>
      document.fullscreenElement === null
        ? document.documentElement.requestFullscreen()
        : document.exitFullscreen(),
  },
  "help.palette": panel("palette"),
  "help.keys": panel("keys"),
  "help.diagnostics": { run: copyDiagnostics },
};

/** What a view may do in its own way: where a decision goes on to, where the arrows lead, and where Escape does. */
type Way = "advance" | "next" | "previous" | "back";

const providers = new Map<CommandId | Way, () => void>();

/** While a view is shown it may do a command itself. Answers the function that takes it back: fit for an effect. */
export function provide(id: CommandId | Way, run: () => void): () => void {
  providers.set(id, run);
  return () => {
    if (providers.get(id) === run) providers.delete(id);
  };
}

/** Does it in the way of the view on the screen; false when that has none. */
export function runProvided(id: CommandId | Way): boolean {
  const run = providers.get(id);
  run?.();
  return run !== undefined;
}

export function isEnabled(id: CommandId): boolean {
  return actions[id].when?.() ?? true;
}

/** Runs a command if it means anything now. */
export function runCommand(id: CommandId): void {
  if (!isEnabled(id)) return;
  if (!runProvided(id)) void actions[id].run();
}
