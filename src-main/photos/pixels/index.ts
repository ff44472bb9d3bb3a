export { halveFrame } from "./halve-frame.ts";
export { pixelModule } from "./module.ts";
export { decodeQuarter, type QuarterFrame, readQuarter } from "./quarter-jpeg.ts";
export { turnUpright } from "./turn-upright.ts";
