/** Where the operator's folder lies in the guest and where the agent starts (ENV-4). */
export interface WorkspacePlan {
  readonly hostPath: string | null;
  readonly guestPath: string;
  readonly workdir: string;
}

export function planWorkspace(hostPath: string | null, guestHome: string): WorkspacePlan {
  const guestPath = `${guestHome}/workspace`;
  return { hostPath, guestPath, workdir: hostPath === null ? guestHome : guestPath };
}
