import { useCall } from "../bridge/use-call.ts";

/** Names, sources and uses of secrets, kept current by a topic; never a value. */
export function useSecrets() {
  return useCall("secrets.list", {});
}

/** How many secrets are named by a manifest and can be had from nowhere; none while the login shell may yet have them. */
export function useMissingSecrets(): number {
  const { data } = useSecrets();
  if (data === undefined || data.loginShell?.state === "pending") return 0;
  return data.rows.filter(({ source, manifests }) => source === "missing" && manifests.length > 0).length;
}
