/** What differs between the window in Electron, the window in a browser and the command line. */
export interface Host {
  readonly kind: "electron" | "browser";
  readonly folderPicker: "native" | "list";
  /** The system's language, BCP 47. */
  readonly locale: string;
  /** Opens the system's folder dialog; null when the person closed it, or where there is none. */
  pickFolder(purpose: "import" | "destination"): Promise<string | null>;
  /** Shows a file or folder in the system's file manager. */
  reveal(path: string): Promise<void>;
  /** Opens an address of the allow-list in the system browser; throws for any other. */
  openExternal(url: string): Promise<void>;
  /** How far all running work is, 0..1, for the taskbar or dock; null when nothing runs. */
  showProgress(fraction: number | null): void;
  /** One notification of the system; only while the window is not in front. */
  notify(title: string, body: string): void;
}

const allowedOrigins: ReadonlySet<string> = new Set(["https://www.openstreetmap.org"]);

/** Whether Kiln may hand this address to the system browser. */
export function isAllowedLink(url: string): boolean {
  return URL.canParse(url) && allowedOrigins.has(new URL(url).origin);
}
