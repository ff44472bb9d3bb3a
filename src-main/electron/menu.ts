import { Menu, type MenuItemConstructorOptions } from "electron";
import { commands, type MenuGroup, menuGroups } from "../../src-preload/contract/commands.ts";
import type { Localized } from "../../src-preload/contract/problem.ts";

/**
 * The native menu, from the same list that feeds the page's shortcuts and palette. Keys are shown but not registered:
 * the page hears them itself, so that P in a text field stays a letter.
 */
export function setMenu(language: keyof Localized, run: (commandId: string) => void): void {
  const menus = Object.entries(menuGroups).map(
    ([group, title]): MenuItemConstructorOptions => ({
      label: title[language],
      submenu: itemsOf(group as MenuGroup, language, run),
    }),
  );
  const own: MenuItemConstructorOptions[] =
    process.platform === "darwin" ? [{ role: "appMenu" }] : [];
  Menu.setApplicationMenu(Menu.buildFromTemplate([...own, ...menus]));
}

function itemsOf(
  group: MenuGroup,
  language: keyof Localized,
  run: (commandId: string) => void,
): MenuItemConstructorOptions[] {
  return Object.entries(commands)
    .filter(([, command]) => command.group === group)
    .map(([id, command]) => {
      const [key] = command.keys;
      return {
        label: command.title[language],
        registerAccelerator: false,
        click: () => run(id),
        ...(key === undefined ? {} : { accelerator: acceleratorOf(key) }),
      };
    });
}

const namedKeys: Readonly<Record<string, string>> = {
  Comma: ",",
  Equal: "=",
  Minus: "-",
  Slash: "/",
  BracketLeft: "[",
  BracketRight: "]",
  ArrowRight: "Right",
  ArrowLeft: "Left",
  ArrowUp: "Up",
  ArrowDown: "Down",
};

/** "Mod+Shift+KeyZ" as Electron writes it: "CommandOrControl+Shift+Z". */
function acceleratorOf(key: string): string {
  return key
    .split("+")
    .map((part) => {
      if (part === "Mod") return "CommandOrControl";
      return namedKeys[part] ?? part.replace(/^(Key|Digit)/, "");
    })
    .join("+");
}
