export { type SidecarNames, sidecarNames } from "./names.ts";
export { readSidecar, type Sidecar, type SidecarValues, updateSidecar } from "./sidecar.ts";
export {
  loadSidecar,
  type SidecarFile,
  type SidecarVersion,
  sidecarOf,
  type WriteSidecarPorts,
  writeSidecar,
} from "./sidecar-file.ts";
