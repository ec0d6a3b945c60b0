interface Runtime {
  readonly env?: { readonly [name: string]: string | undefined }
  getBuiltinModule?(name: string): unknown
}

function runtime(): Runtime | undefined {
  const candidate: unknown = Reflect.get(globalThis, 'process')
  return typeof candidate === 'object' && candidate !== null ? candidate : undefined
}

/**
 * Returns an environment variable; undefined without an environment, or without permission to read it, as in Deno.
 * Never throws.
 *
 * @example
 * environmentVariable('OTEL_SERVICE_NAME')
 */
export function environmentVariable(name: string): string | undefined {
  try {
    return runtime()?.env?.[name]
  } catch {
    return undefined
  }
}

/**
 * Returns a built-in module of Node or of a compatible runtime, otherwise undefined. This package imports none, so that
 * it runs everywhere.
 */
export function builtinModule(name: string): unknown {
  try {
    return runtime()?.getBuiltinModule?.(name)
  } catch {
    return undefined
  }
}

/**
 * Returns whether a flag is on: `true 1 yes on t y` in any case, as in Atlas. All other values are off.
 * Never throws.
 *
 * @example
 * isFlagOn('Yes') // true
 */
export function isFlagOn(value: string | undefined): boolean {
  return value !== undefined && /^(?:true|1|yes|on|t|y)$/i.test(value.trim())
}

/**
 * Returns whether OTEL_SDK_DISABLED turns everything off: only the value `true`, in any case (OpenTelemetry
 * specification).
 * Never throws.
 *
 * @example
 * if (!isSdkDisabled()) start()
 */
export function isSdkDisabled(): boolean {
  return environmentVariable('OTEL_SDK_DISABLED')?.trim().toLowerCase() === 'true'
}
