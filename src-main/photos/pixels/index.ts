export { halveFrame } from "./halve-frame.ts";
export { pixelModule } from "./module.ts";
export { decodeQuarter, type QuarterFrame } from "./quarter-jpeg.ts";
export { turnUpright } from "./turn-upright.ts";
