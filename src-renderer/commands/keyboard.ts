import { move } from "../state/navigation.ts";
import { openPanel, setMode, useView } from "../state/view-store.ts";
import { commandOfKey } from "./keys.ts";
import { isEnabled, runCommand } from "./registry.ts";

export const isMac = navigator.platform.startsWith("Mac");

/** Something that takes letters, or keys of its own: shortcuts without Ctrl leave it alone. */
function takesKeys(target: EventTarget | null): boolean {
  return (
    target instanceof Element &&
    target.closest(
      "input:not([type=checkbox]):not([type=radio]), select, textarea, [contenteditable]",
    ) !== null
  );
}

/** Space and Enter press a focused button; they are shortcuts everywhere else. */
function pressesControl(event: KeyboardEvent): boolean {
  return (
    (event.code === "Space" || event.code === "Enter" || event.code === "NumpadEnter") &&
    event.target instanceof Element &&
    event.target.closest("button, a, summary, [role=menuitem], [role=option][data-own-keys]") !==
      null
  );
}

/** Tab moves the focus as everywhere once the person is using it for that; with the grid in focus it hides panels. */
function movesFocus(event: KeyboardEvent): boolean {
  if (event.code !== "Tab") return false;
  const { target } = event;
  return !(target instanceof Element && target.closest("[data-keys=photos]") !== null);
}

/** Hears every shortcut of the list. Views hear arrows that mean more to them than 'next' in their own elements. */
export function listenToKeys(): () => void {
  const hear = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.isComposing) return;
    const { panel } = useView.getState();
    const isModal = document.querySelector("dialog[open]") !== null;
    if (event.code === "Escape" && !isModal) {
      if (panel !== null) openPanel(null);
      else setMode("grid");
      return;
    }
    const command = commandOfKey(event, isMac);
    const hasModifier = event.ctrlKey || event.metaKey;
    if (isModal && !(command === "help.palette" || command === "help.keys")) return;
    if (!hasModifier && (takesKeys(event.target) || pressesControl(event) || movesFocus(event)))
      return;
    if (hasModifier && takesKeys(event.target) && command?.startsWith("edit.") === true) return;
    if (command !== null && isEnabled(command)) {
      event.preventDefault();
      // A key that is held down decides once.
      if (!(event.repeat && command.startsWith("photo."))) runCommand(command);
      return;
    }
    if (hasModifier || event.altKey) return;
    if (event.code === "ArrowRight" || event.code === "ArrowLeft") {
      if (!isEnabled("view.grid")) return;
      event.preventDefault();
      move(event.code === "ArrowRight" ? 1 : -1, event.shiftKey);
    }
  };
  window.addEventListener("keydown", hear);
  return () => window.removeEventListener("keydown", hear);
}
