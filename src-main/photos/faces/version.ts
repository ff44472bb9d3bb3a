/** Stored beside the faces that were found: what an older detector found is looked for again. */
export const DETECTOR_VERSION = 1;
