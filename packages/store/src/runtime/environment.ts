interface Runtime {
  readonly env?: { readonly [name: string]: string | undefined }
  getBuiltinModule?(name: string): unknown
}

function runtime(): Runtime | undefined {
  const candidate: unknown = Reflect.get(globalThis, 'process')
  return typeof candidate === 'object' && candidate !== null ? candidate : undefined
}

/** An environment variable, or undefined where there is no environment (or no right to read it, as on Deno). */
export function environmentVariable(name: string): string | undefined {
  try {
    return runtime()?.env?.[name]
  } catch {
    return undefined
  }
}

/** A built-in module of Node (or of who imitates it), or undefined elsewhere: core imports none, so that it runs everywhere. */
export function builtinModule(name: string): unknown {
  try {
    return runtime()?.getBuiltinModule?.(name)
  } catch {
    return undefined
  }
}

/** Whether a flag is on: `true 1 yes on t y` in any case, as Atlas reads it (A5–A7); everything else, and nothing, is off. */
export function isFlagOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:true|1|yes|on|t|y)$/i.test(value.trim())
}

/** Whether OTEL_SDK_DISABLED turns everything off: only by `true`, in any case (OpenTelemetry specification, boolean variables). */
export function isSdkDisabled(): boolean {
  return environmentVariable('OTEL_SDK_DISABLED')?.trim().toLowerCase() === 'true'
}
