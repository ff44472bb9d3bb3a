import manifest from "../package.json" with { type: "json" };

/** Version of this Kiln, as in package.json. */
export const { version } = manifest;
