export { type DoorPort, type ServedRouter, serveMessagePort } from "./door.ts";
export { createRequestHandler, type RequestHandler, type RequestHandlerPorts } from "./handler.ts";
export { connectLocalDoor, type LocalKiln, serveLocalDoor } from "./local-door.ts";
export { type Loopback, type LoopbackOptions, startLoopback } from "./loopback.ts";
export type { MediaFile, MediaKind, MediaSource, ThumbnailEdge, Uploads } from "./ports.ts";
export { createUploads } from "./uploads.ts";
