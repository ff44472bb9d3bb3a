export {
  createLog,
  type Log,
  type LogFields,
  type LogFile,
  type LogOptions,
  logLines,
} from "./log.ts";
