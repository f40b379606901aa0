import type { z } from "zod";

/** One method of the bridge: what goes in and what comes out. */
export function method<I extends z.ZodType, O extends z.ZodType>(input: I, output: O) {
  return { input, output };
}
