import {
  type CSSProperties,
  type KeyboardEvent,
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
        aria-label={label}
        data-tip={text === undefined ? label : undefined}
      >
        {icon !== undefined && <Icon name={icon} />}
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
  readonly detail?: string | undefined;
  readonly isChecked?: boolean | undefined;
  readonly disabled?: boolean | undefined;
}

export function MenuItem(props: MenuItemProps): ReactElement {
  const { children, onChoose, shortcut, detail, isChecked, disabled } = props;
  return (
    <button
      type="button"
      className={css.menuItem}
      role={isChecked === undefined ? "menuitem" : "menuitemradio"}
      aria-checked={isChecked}
      tabIndex={-1}
      disabled={disabled}
      onClick={(event) => {
        event.currentTarget.closest<HTMLElement>("[popover]")?.hidePopover();
        onChoose();
      }}
    >
      {isChecked !== undefined && (
        <span className={css.menuMark}>{isChecked && <Icon name="check" />}</span>
      )}
      <span className={css.menuText}>
        {children}
        {detail !== undefined && <small>{detail}</small>}
      </span>
      {shortcut !== undefined && <kbd>{shortcut}</kbd>}
    </button>
  );
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
  const at = items.findIndex((item) => item === document.activeElement);
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
