/**
 * Parameters in which servers hand out links that open one thing for a while. They look like credentials and are of no use elsewhere; without
 * this, no download that is answered by a redirect to such a link would work.
 */
const SIGNED: readonly { readonly key: string; readonly rule: string; readonly host: RegExp }[] = [
  // The id of a key, which is not secret, before its scope.
  { key: "x-amz-credential", rule: "aws-access-token", host: /./ },
  { key: "awsaccesskeyid", rule: "aws-access-token", host: /./ },
  { key: "jwt", rule: "jwt", host: /\.githubusercontent\.com$/ },
];

export function isSignedLink(host: string, key: string, rule: string): boolean {
  return SIGNED.some((signed) => signed.key === key.toLowerCase() && signed.rule === rule && signed.host.test(host));
}
