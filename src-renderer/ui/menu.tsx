import {
  type CSSProperties,
  type KeyboardEvent,
  type MouseEvent,
  type ReactElement,
  type ReactNode,
  type ToggleEvent,
  useEffect,
  useId,
  useRef,
  useState,
} from "react";
import { Icon, type IconName } from "./icons.tsx";
import css from "./ui.module.css";

interface MenuButtonProps {
  readonly label: string;
  readonly icon?: IconName;
  /** Visible content of the button; the icon alone without it. */
  readonly text?: ReactNode;
  /** Rendered while the menu is open. */
  readonly children: () => ReactNode;
  readonly className?: string | undefined;
}

/** A button with a menu below it: a native popover, so that it closes as every menu of the system does. */
export function MenuButton(props: MenuButtonProps): ReactElement {
  const { label, icon, text, children, className } = props;
  const id = useId();
  const [isOpen, setIsOpen] = useState(false);
  const classes = [css.button, css.quiet, text === undefined ? css.icon : "", className];
  return (
    <>
      <button
        type="button"
        className={classes.filter(Boolean).join(" ")}
        popoverTarget={id}
        aria-haspopup="menu"
        aria-expanded={isOpen}
        aria-label={text === undefined ? label : undefined}
        data-tip={text === undefined ? label : undefined}
      >
        {icon !== undefined && <Icon name={icon} />}
        {text !== undefined && <span className={css.spoken}>{label}: </span>}
        {text}
      </button>
      <Menu id={id} label={label} onToggle={setIsOpen}>
        {isOpen && children()}
      </Menu>
    </>
  );
}

interface MenuProps {
  readonly id: string;
  readonly label: string;
  readonly onToggle: (isOpen: boolean) => void;
  readonly children: ReactNode;
}

function Menu({ id, label, onToggle, children }: MenuProps): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    if (children !== false) itemsOf(element.current)[0]?.focus();
  }, [children]);
  return (
    <div
      ref={element}
      id={id}
      className={css.menu}
      popover="auto"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onToggle={(event: ToggleEvent) => onToggle(event.newState === "open")}
      onKeyDown={(event) => moveInMenu(event, element.current)}
    >
      {children}
    </div>
  );
}

interface ContextMenuProps {
  readonly label: string;
  /** CSS pixels in the window. */
  readonly x: number;
  readonly y: number;
  readonly onClose: () => void;
  readonly children: ReactNode;
}

/** A menu at the pointer, open for as long as it is rendered. */
export function ContextMenu({ label, x, y, onClose, children }: ContextMenuProps): ReactElement {
  const element = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const { current } = element;
    if (current === null) return;
    current.showPopover();
    const { width, height } = current.getBoundingClientRect();
    current.style.left = `${Math.max(4, Math.min(x, innerWidth - width - 4))}px`;
    current.style.top = `${Math.max(4, Math.min(y, innerHeight - height - 4))}px`;
    itemsOf(current)[0]?.focus();
  }, [x, y]);
  const style: CSSProperties = { positionArea: "none", inset: "auto", margin: 0 };
  return (
    <div
      ref={element}
      className={css.menu}
      style={style}
      popover="auto"
      role="menu"
      aria-label={label}
      tabIndex={-1}
      onToggle={(event: ToggleEvent) => {
        if (event.newState === "closed") onClose();
      }}
      onKeyDown={(event) => moveInMenu(event, element.current)}
    >
      {children}
    </div>
  );
}

interface MenuItemProps {
  readonly children: ReactNode;
  readonly onChoose: () => void;
  readonly shortcut?: string | undefined;
  readonly disabled?: boolean | undefined;
}

export function MenuItem({ children, onChoose, shortcut, disabled }: MenuItemProps): ReactElement {
  return (
    <button
      type="button"
      className={css.menuItem}
      role="menuitem"
      tabIndex={-1}
      disabled={disabled}
      onClick={(event) => choose(event, onChoose)}
    >
      <span className={css.menuText}>{children}</span>
      {shortcut !== undefined && <kbd>{shortcut}</kbd>}
    </button>
  );
}

interface MenuChoiceProps {
  readonly children: ReactNode;
  readonly onChoose: () => void;
  readonly isChecked: boolean;
  readonly detail?: string | undefined;
}

/** One of several, of which one is chosen. */
export function MenuChoice(props: MenuChoiceProps): ReactElement {
  const { children, onChoose, isChecked, detail } = props;
  return (
    <button
      type="button"
      className={css.menuItem}
      role="menuitemradio"
      aria-checked={isChecked}
      tabIndex={-1}
      onClick={(event) => choose(event, onChoose)}
    >
      <span className={css.menuMark}>{isChecked && <Icon name="check" />}</span>
      <span className={css.menuText}>
        {children}
        {detail !== undefined && <small>{detail}</small>}
      </span>
    </button>
  );
}

/** The menu closes first, so that what is chosen may take the focus. */
function choose(event: MouseEvent<HTMLElement>, onChoose: () => void): void {
  event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
  onChoose();
}

export function MenuSeparator(): ReactElement {
  return <hr className={css.menuLine} />;
}

export function MenuHeading({ children }: { readonly children: ReactNode }): ReactElement {
  return (
    <div className={css.menuHeading} role="presentation">
      {children}
    </div>
  );
}

function itemsOf(menu: HTMLElement | null): HTMLElement[] {
  return [...(menu?.querySelectorAll<HTMLElement>("[role^=menuitem]:not(:disabled)") ?? [])];
}

/** Arrow keys, Home and End go through the items. Nothing typed in a menu is a shortcut of the window. */
function moveInMenu(event: KeyboardEvent, menu: HTMLElement | null): void {
  event.stopPropagation();
  if (event.code === "Tab") {
    menu?.hidePopover();
    return;
  }
  const items = itemsOf(menu);
  const at = items.findIndex((item) => item.matches(":focus"));
  const next = {
    ArrowDown: (at + 1) % items.length,
    ArrowUp: at < 0 ? items.length - 1 : (at - 1 + items.length) % items.length,
    Home: 0,
    End: items.length - 1,
  }[event.code];
  if (next === undefined) return;
  event.preventDefault();
  items[next]?.focus();
}
