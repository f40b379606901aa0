/**
 * Where clients carry credentials besides Authorization. On a route that injects one these are removed from every request, because the
 * agent could otherwise use an account of its own (or of an attacker) on a host that the operator allowed for theirs, and carry data out
 * to it. What a route names in `strip` comes on top, on any route.
 */

/** Request fields, as `fieldKey` spells them. */
export const CREDENTIAL_FIELDS: readonly string[] = [
  // Anthropic, and most REST services behind an API gateway.
  "x-api-key",
  "api-key",
  "apikey",
  "x-apikey",
  "x-api-token",
  // Google's APIs.
  "x-goog-api-key",
  "x-goog-iam-authorization-token",
  // Load balancers hand these on, or read them in place of Authorization.
  "x-authorization",
  "x-forwarded-authorization",
  "x-original-authorization",
  "x-serverless-authorization",
  "x-auth-token",
  "x-auth-key",
  "x-access-token",
  "x-session-token",
  // AWS signs with Authorization and sends the temporary key's token beside it.
  "x-amz-security-token",
  // Azure's gateways.
  "ocp-apim-subscription-key",
  "x-functions-key",
  "x-ms-authorization-auxiliary",
  // Git forges and package registries.
  "private-token",
  "job-token",
  "deploy-token",
  "x-gitlab-token",
  "x-vault-token",
  "x-jfrog-art-api",
  "x-nuget-apikey",
  // Authentication of a hop, which no upstream is asked for.
  "proxy-authorization",
];

/** Keys of the query, in lower case. */
export const CREDENTIAL_QUERY_KEYS: readonly string[] = [
  // Google's APIs.
  "key",
  "api_key",
  "apikey",
  "api-key",
  "x-api-key",
  // RFC 6750, section 2.3.
  "access_token",
  "auth_token",
  "oauth_token",
  "private_token",
  "job_token",
  "subscription-key",
  // Signatures made beforehand (AWS, Google Cloud, Azure) are a whole credential in a link.
  "x-amz-signature",
  "x-amz-security-token",
  "x-goog-signature",
];

/** WebSocket clients in browsers can set no header: they put the credential into the list of subprotocols. */
export const CREDENTIAL_SUBPROTOCOLS: readonly string[] = ["openai-insecure-api-key.", "base64url.bearer.authorization.k8s.io."];
