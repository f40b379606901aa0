import { z } from "zod";

/** File name of a manifest without `.md`, and so the name of an agent or a bottle (MAN-2). */
export const ManifestName = z.string().regex(/^[a-z][a-z0-9-]*$/, "must start with a letter and hold only a-z, 0-9 and -");

/** A bottle's identity: `<agent>-<random5>`, for example `demo-k3v9q`. */
export const Slug = z
  .string()
  .max(100)
  .regex(/^[a-z][a-z0-9-]*-[a-z0-9]{5}$/, "must look like demo-k3v9q");
export type Slug = z.infer<typeof Slug>;

/** The name of a secret, never its value: looked up in the secret store, then in the operator's environment (ENV-2). */
export const TokenRef = z.string().regex(/^[A-Za-z_][A-Za-z0-9_]{0,127}$/, "must be a name such as GITHUB_TOKEN");
export type TokenRef = z.infer<typeof TokenRef>;

/** Where egress finds the access token of the operator's own codex login (PRV-3). */
export const CODEX_HOST_TOKEN_REF: TokenRef = "BOT_BOTTLE_CODEX_HOST_ACCESS_TOKEN";

/** A token ref that manifests, plugins and proposals may name: the operator's own logins are for their provider's hosts alone. */
export const FreeTokenRef = TokenRef.refine(
  (ref) => ref !== CODEX_HOST_TOKEN_REF,
  "is the operator's own login, which serves the hosts of its provider alone",
);

export const BackendName = z.enum(["docker", "smolmachines", "local"]);
export type BackendName = z.infer<typeof BackendName>;

/** ISO 8601 UTC with milliseconds. */
export const Timestamp = z.iso.datetime({ precision: 3 });
