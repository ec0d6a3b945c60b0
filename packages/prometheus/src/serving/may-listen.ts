interface Runtime {
  readonly permission?: { has(scope: string): boolean }
  readonly allowedNodeEnvironmentFlags?: ReadonlySet<string>
}

/**
 * Returns whether Node's permission model lets this process listen. Without that permission, from Node 25 on, `listen` throws
 * in a later turn of the event loop, which ends the process. Earlier versions lack this permission and return false for it.
 */
export function mayListen(): boolean {
  const { process } = globalThis as { readonly process?: Runtime }
  return process?.permission?.has('net') !== false || process.allowedNodeEnvironmentFlags?.has('--allow-net') !== true
}
