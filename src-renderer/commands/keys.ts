import { type CommandId, commands, isCommandId } from "../../src-preload/contract/commands.ts";

/** Every command, in the order of the menus. */
export const commandIds: readonly CommandId[] = Object.keys(commands).filter(isCommandId);

interface KeyPress {
  readonly code: string;
  readonly ctrlKey: boolean;
  readonly metaKey: boolean;
  readonly shiftKey: boolean;
  readonly altKey: boolean;
}

/** How a key press is written in the list of commands. Read from the key's place, so that layouts and IMEs don't matter. */
export function keyNameOf(press: KeyPress, isMac: boolean): string {
  const isMod = isMac ? press.metaKey : press.ctrlKey;
  return [isMod ? "Mod" : "", press.altKey ? "Alt" : "", press.shiftKey ? "Shift" : "", press.code]
    .filter((part) => part !== "")
    .join("+");
}

const byKey = new Map<string, CommandId>();
for (const id of commandIds) {
  for (const key of commands[id].keys) byKey.set(key, id);
}

/** The command for a key press, if there is one. */
export function commandOfKey(press: KeyPress, isMac: boolean): CommandId | null {
  return byKey.get(keyNameOf(press, isMac)) ?? null;
}

const shownNames: Readonly<Record<string, string>> = {
  Comma: ",",
  Equal: "+",
  Minus: "−",
  Slash: "/",
  BracketLeft: "[",
  BracketRight: "]",
  ArrowRight: "→",
  ArrowLeft: "←",
  ArrowUp: "↑",
  ArrowDown: "↓",
  Escape: "Esc",
  Delete: "Del",
};

/** "Mod+Shift+KeyZ" as people write it: "Ctrl+Shift+Z", on a Mac "⇧⌘Z". */
export function showKey(key: string, isMac: boolean): string {
  const parts = key.split("+").map((part) => {
    if (part === "Mod") return isMac ? "⌘" : "Ctrl";
    if (part === "Alt") return isMac ? "⌥" : "Alt";
    if (part === "Shift") return isMac ? "⇧" : "Shift";
    return shownNames[part] ?? part.replace(/^(Key|Digit)/, "");
  });
  // Shift+/ is what the key sheet is known by.
  if (key === "Shift+Slash") return "?";
  return parts.join(isMac ? "" : "+");
}
