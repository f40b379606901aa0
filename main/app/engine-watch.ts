import type { EngineStatus } from "#common/ipc/contract.ts";
import type { Backend } from "../backends/backend.ts";

const STATUS_MS = 10_000;

/** Whether bottles can run here, as the panel shows it. */
export async function engineStatus(backend: Backend): Promise<EngineStatus> {
  try {
    const { available, label, version, runtime, problem, hint } = await backend.status(AbortSignal.timeout(STATUS_MS));
    return { state: available ? "ready" : "unavailable", label, version, runtime, problem, hint };
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    return { state: "unavailable", label: backend.name, version: null, runtime: null, problem, hint: "Run `bot-bottle doctor`" };
  }
}
