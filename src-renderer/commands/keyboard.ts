import type { CommandId } from "../../src-preload/contract/commands.ts";
import { move } from "../state/navigation.ts";
import { activate, openPanel, setMode, useView } from "../state/view-store.ts";
import { commandOfKey } from "./keys.ts";
import { isEnabled, runCommand, runProvided } from "./registry.ts";

export const isMac = navigator.platform.startsWith("Mac");

/** Something to type into: shortcuts without Ctrl leave it alone. */
function takesLetters(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input:not([type=checkbox], [type=radio], [type=range]), select, textarea, [contenteditable]",
    ) !== null
  );
}

/** Arrows and the like move a slider, or go through radio buttons. */
function takesArrows(event: KeyboardEvent): boolean {
  return (
    /^(Arrow|Home$|End$|Page)/.test(event.code) &&
    event.target instanceof Element &&
    event.target.closest("[type=range], [type=radio]") !== null
  );
}

/** Space and Enter press a focused button; they are shortcuts everywhere else. */
function pressesControl(event: KeyboardEvent): boolean {
  return (
    (event.code === "Space" || event.code === "Enter" || event.code === "NumpadEnter") &&
    event.target instanceof Element &&
    event.target.closest(
      "button, a, summary, [type=radio], [type=checkbox], [role=menuitem], [role=option][data-own-keys]",
    ) !== null
  );
}

/** Tab moves the focus as everywhere once the person is using it for that; with the grid in focus it hides panels. */
function movesFocus(event: KeyboardEvent): boolean {
  if (event.code !== "Tab") return false;
  const { target } = event;
  return !(target instanceof Element && target.closest("[data-keys=photos]") !== null);
}

/** One step back: out of a field, out of a drawer, out of a large view, out of a selection of many. */
function stepBack(target: EventTarget | null): void {
  const { panel, mode, activeId, selection } = useView.getState();
  if (takesLetters(target)) focusView();
  else if (panel !== null) openPanel(null);
  else if (runProvided("back")) return;
  else if (mode !== "grid") setMode("grid");
  else if (selection.size > 1) activate(activeId);
}

/** Gives the keyboard back to the photos. Answers who has it now. */
function focusView(): HTMLElement | null {
  const view = document.querySelector<HTMLElement>(
    "main :is([data-keys=photos], [data-keys=room])",
  );
  view?.focus({ preventScroll: true });
  return view;
}

/** A click on a button of the bars: what was typed into before has had its say, and the next key is for the photos. */
export function leaveField(): void {
  const field = document.activeElement;
  const isUpscaling = useView.getState().mode === "upscale";
  if (isUpscaling || !takesLetters(field) || !(field instanceof HTMLElement)) return;
  if (focusView() === null) field.blur();
}

/**
 * What had the focus is gone (a closed panel, a button that left), or a click went beside everything: the key is meant
 * for the photos, and is given to them. Answers whether they took it.
 */
function handToView(event: KeyboardEvent): boolean {
  if (event.target !== document.body) return false;
  const view = focusView();
  if (view === null) return false;
  if (!view.dispatchEvent(new KeyboardEvent(event.type, event))) event.preventDefault();
  return true;
}

/** Hears every shortcut of the list. Views hear arrows that mean more to them than 'next' in their own elements. */
export function listenToKeys(): () => void {
  const hear = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const isModal = document.querySelector("dialog[open]") !== null;
    if (!isModal && handToView(event)) return;
    if (event.code === "Escape") {
      // A menu closes by itself, and that is the step.
      const isMenuOpen = document.querySelector("[popover=auto]:popover-open") !== null;
      if (!isModal && !isMenuOpen) stepBack(event.target);
      return;
    }
    const command = commandOfKey(event, isMac);
    if (isModal && command !== "help.palette" && command !== "help.keys") return;
    if (isForTarget(event, command)) return;
    if (command !== null && isEnabled(command)) {
      event.preventDefault();
      // A key that is held down decides once.
      if (!(event.repeat && command.startsWith("photo."))) runCommand(command);
      return;
    }
    if (event.ctrlKey || event.metaKey || event.altKey || !isEnabled("view.grid")) return;
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.code];
    if (step === undefined) return;
    event.preventDefault();
    if (event.shiftKey || !runProvided(step === 1 ? "next" : "previous")) {
      move(step, event.shiftKey);
    }
  };
  window.addEventListener("keydown", hear);
  return () => window.removeEventListener("keydown", hear);
}

/** Whether a key means something to the element that has the focus. */
function isForTarget(event: KeyboardEvent, command: CommandId | null): boolean {
  if (event.ctrlKey || event.metaKey) {
    return takesLetters(event.target) && command?.startsWith("edit.") === true;
  }
  return (
    takesLetters(event.target) || takesArrows(event) || pressesControl(event) || movesFocus(event)
  );
}
