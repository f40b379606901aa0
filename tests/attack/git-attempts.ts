import type { ScriptAttempt } from "./scripts.ts";

const GATE = "http://git-gate:9420";
const FAILED = /exit [1-9]\d*$/;

/** The status of a request that is sent exactly as written. */
function request(name: string, path: string, more = ""): ScriptAttempt {
  const script = `curl -sS -o /dev/null -w '%{http_code}' --path-as-is ${more} '${GATE}${path}'`;
  return { name, script, outcome: /^4\d\d\nexit 0$/ };
}

function push(name: string, refspec: string, outcome: RegExp, options = ""): ScriptAttempt {
  return { name, script: `git push ${options} origin ${refspec} 2>&1`, outcome };
}

/** A refusal by a `remote:` line or by the answer of the gate, and not by the agent's own git. */
function refusedFor(reason: RegExp): RegExp {
  return new RegExp(`(${reason.source})[\\s\\S]*${FAILED.source}`, "i");
}

/** Ways to another repository, file or service than the declared one (GIT-1, GIT-5). */
export const targetAttempts: readonly ScriptAttempt[] = [
  request("a repository nobody declared", "/other.git/info/refs?service=git-upload-pack"),
  request("the root", "/"),
  request("an ext:: address in place of a repository", "/ext::sh%20-c%20id/info/refs?service=git-upload-pack"),
  request("a file: address in place of a repository", "/file:///etc/info/refs?service=git-upload-pack"),
  request("a traversal out of the repository", "/app.git/../../../etc/passwd"),
  request("an encoded traversal", "/app.git/%2e%2e/%2e%2e/etc/passwd"),
  request("a doubly encoded traversal", "/app.git/%252e%252e/config"),
  request("a traversal with backslashes", "/app.git/..\\..\\config"),
  request("a traversal as the repository's name", "/..%2fapp.git/info/refs?service=git-upload-pack"),
  request("a NUL in the path", "/app.git%00/info/refs?service=git-upload-pack"),
  request("the repository's configuration", "/app.git/config"),
  request("the repository's hooks", "/app.git/hooks/pre-receive"),
  request("objects by the dumb protocol", "/app.git/objects/info/packs"),
  request("the head by the dumb protocol", "/app.git/HEAD"),
  request("refs by the dumb protocol", "/app.git/info/refs"),
  request("upload-archive", "/app.git/info/refs?service=git-upload-archive"),
  request("a service of another name", "/app.git/info/refs?service=git-upload-pack%0a--help"),
  request("two services", "/app.git/info/refs?service=git-upload-pack&service=git-receive-pack"),
  request("LFS", "/app.git/info/lfs/objects/batch", "-X POST -d '{}' -H 'Content-Type: application/vnd.git-lfs+json'"),
  request("writing a file", "/app.git/hooks/pre-receive", "-T /etc/passwd"),
  request(
    "an absolute address of another host",
    "/app.git/info/refs?service=git-upload-pack",
    "--request-target http://git.world.test/owner/app.git",
  ),
];

/** Pushes of what no push may carry or name (GIT-3). */
export const pushAttempts: readonly ScriptAttempt[] = [
  push("a ref outside heads and tags", "HEAD:refs/notes/x", refusedFor(/refs\/notes\/x/)),
  push("a review ref", "HEAD:refs/for/main", refusedFor(/refs\/for\/main/)),
  push("a pull request's ref", "HEAD:refs/pull/1/head", refusedFor(/refs\/pull\/1\/head/)),
  push("a replacement of an object", "HEAD:refs/replace/0000000000000000000000000000000000000001", refusedFor(/refs\/replace/)),
  push("the server's configuration", "HEAD:refs/meta/config", refusedFor(/refs\/meta\/config/)),
  push("a branch that reads like an option", "HEAD:refs/heads/--upload-pack=id", /exit \d+$/),
  push("history rewritten", "HEAD~1:refs/heads/main", refusedFor(/rewrite|force/), "--force"),
  push("a branch deleted", ":refs/heads/main", refusedFor(/delet/)),
  push("push options", "HEAD:refs/heads/options", refusedFor(/push options/), "-o ci.skip"),
  push(
    "a program in place of receive-pack",
    "HEAD:refs/heads/main",
    /not supported by protocol[\s\S]*up-to-date\s+exit 0$/,
    "--receive-pack='touch /tmp/pwned; git-receive-pack'",
  ),
  {
    name: "a file that would be part of git's own folder",
    script: `blob=$(echo '[core] fsmonitor = id' | git hash-object -w --stdin)
      inner=$(printf '100644 blob %s\\tconfig\\n' "$blob" | git mktree)
      outer=$(printf '040000 tree %s\\t.git\\n' "$inner" | git mktree)
      git push origin "$(git commit-tree -p HEAD -m x "$outer"):refs/heads/dotgit" 2>&1`,
    outcome: refusedFor(/hasDotgit|object/),
  },
  {
    name: "a submodule whose address is a program",
    script: `printf '[submodule "x"]\\n\\tpath = x\\n\\turl = ext::sh -c id\\n' > /tmp/modules
      blob=$(git hash-object -w /tmp/modules)
      tree=$(printf '100644 blob %s\\t.gitmodules\\n160000 commit %s\\tx\\n' "$blob" "$(git rev-parse HEAD)" | git mktree)
      git push origin "$(git commit-tree -p HEAD -m x "$tree"):refs/heads/ext" 2>&1`,
    // It runs nowhere: the gate checks nothing out. Whether it may be pushed is the upstream's to say.
    outcome: /exit \d+$/,
  },
];

/** Ways to the key, to the upstream without the gate, and to what was refused. */
export function reachAttempts(addresses: { upstream: string; bundle: string }, refusedCommit: string): readonly ScriptAttempt[] {
  const direct = (host: string) => `timeout 5 bash -c 'exec 3<>/dev/tcp/${host}/22 && echo open' 2>/dev/null`;
  return [
    { name: "the upstream by its name", script: direct("git.world.test"), outcome: FAILED },
    { name: "the upstream by its address", script: direct(addresses.upstream), outcome: FAILED },
    {
      name: "the upstream through the proxy",
      script: "curl -sS -o /dev/null -p -x http://egress:9099 telnet://git.world.test:22 < /dev/null 2>&1",
      outcome: /403[\s\S]*exit [1-9]\d*$/,
    },
    {
      name: "the control channel or another port of the bundle",
      script: `for port in 22 80 443 8888 9101 9421; do timeout 5 bash -c "exec 3<>/dev/tcp/${addresses.bundle}/$port && echo open" 2>/dev/null; done; false`,
      outcome: /^exit 1$/,
    },
    { name: "an ssh-agent's socket in the environment", script: 'test -z "$SSH_AUTH_SOCK$SSH_AGENT_PID"', outcome: /^exit 0$/ },
    {
      name: "an ssh-agent's socket on disk",
      script: "find / -xdev -type s 2>/dev/null; cat /proc/net/unix | tail -n +2 | awk '{print $8}' | grep agent; true",
      outcome: /^exit 0$/,
    },
    { name: "the key's use by ssh itself", script: "ssh -o BatchMode=yes -o ConnectTimeout=5 git@git.world.test id 2>&1", outcome: FAILED },
    {
      name: "the objects of a push that was refused",
      script: `git -C "$(mktemp -d)" init -q . && cd "$(mktemp -d)" && git init -q && git fetch ${GATE}/app.git ${refusedCommit} 2>&1`,
      outcome: FAILED,
    },
  ];
}
