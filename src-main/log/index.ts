export {
  createLog,
  type Log,
  type LogFields,
  type LogFile,
  type LogOptions,
} from "./log.ts";
