export { Catalogue, type CatalogueServices } from "./catalogue.ts";
export { createConvertPool } from "./convert-pool.ts";
export type { ConvertedNetwork, ConvertWorkerMethods } from "./convert-protocol.ts";
