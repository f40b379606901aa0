import type { MethodInput } from "#common/ipc/contract.ts";

/** A route as it is typed into the what-if form. */
export interface SupposedRoute {
  host: string;
  methods: string;
  paths: string;
  websocket: boolean;
}

export const nothingSupposed: SupposedRoute = { host: "", methods: "", paths: "", websocket: false };

/** What main is asked: bounded as the contract has it, so that half-typed text is main's to judge and never refused unread. */
export function readSupposed({
  host,
  methods,
  paths,
  websocket,
}: SupposedRoute): Pick<MethodInput<"decisions.what-if">, "host" | "methods" | "pathAllowlist" | "websocket"> {
  const words = methods
    .toUpperCase()
    .split(/[\s,]+/)
    .filter((word) => /^[A-Z][A-Z0-9_-]{0,31}$/.test(word) && word !== "CONNECT");
  const prefixes = paths.split(/[\s,]+/).filter((path) => path.startsWith("/") && path.length <= 2048);
  return { host: host.trim().slice(0, 253), methods: words.length > 0 ? words : null, pathAllowlist: prefixes.slice(0, 100), websocket };
}
