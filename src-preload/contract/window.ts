/** The window message with which the page hands over the one port of its door (Electron). */
export const connectMessage = "kiln:connect";

/** Address of the door's WebSocket in the browser host, relative to the page. */
export const doorPath = "rpc";

/**
 * All that the preload gives the page, as `window.kiln`; there is none in the browser host. `DroppedFile` is the
 * DOM's File, which the contract does not know.
 */
export interface KilnWindow<DroppedFile = unknown> {
  /**
   * Hands the paths of dropped files and folders to main, past the page.
   * @returns a token for `library.import`
   */
  dropped(files: readonly DroppedFile[]): Promise<{ token: string }>;
}
