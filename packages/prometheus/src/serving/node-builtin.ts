interface Builtins {
  readonly 'node:crypto': typeof import('node:crypto')
  readonly 'node:http': typeof import('node:http')
  readonly 'node:zlib': typeof import('node:zlib')
}

/**
 * Returns a built-in module of Node or of a compatible runtime, otherwise undefined. Edge runtimes load these files, so
 * they import no such module.
 */
export function builtin<N extends keyof Builtins>(name: N): Builtins[N] | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: N): Builtins[N] | undefined } }
  try {
    return process?.getBuiltinModule?.(name)
  } catch {
    return undefined
  }
}
