/** Written in by the build; absent when the sources run as they are (tests, scripts). */
declare const __BUILD_ID__: string | undefined;

/** The content hash of the sources this program was built from: two programs with the same id are the same product. */
export const buildId: string = typeof __BUILD_ID__ === "string" ? __BUILD_ID__ : "source";
