// Loaded before a built program: every name is this machine, and every TLS connection goes to the benchmark's upstream.
import dns from "node:dns/promises";
import { syncBuiltinESMExports } from "node:module";
import tls from "node:tls";

const port = Number(process.env.BENCH_UPSTREAM_PORT);
const connect = tls.connect as (options: tls.ConnectionOptions) => tls.TLSSocket;

Object.assign(dns, { lookup: async () => [{ address: "127.0.0.1", family: 4 }] });
Object.assign(tls, { connect: (options: tls.ConnectionOptions) => connect({ ...options, port }) });
syncBuiltinESMExports();
