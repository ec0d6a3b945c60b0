interface Builtins {
  readonly 'node:crypto': typeof import('node:crypto')
  readonly 'node:http': typeof import('node:http')
  readonly 'node:zlib': typeof import('node:zlib')
}

/** A built-in module of Node, or of who imitates it; undefined elsewhere. Nothing here imports one: edge runtimes load these files. */
export function builtin<N extends keyof Builtins>(name: N): Builtins[N] | undefined {
  const { process } = globalThis as { readonly process?: { getBuiltinModule?(name: N): Builtins[N] | undefined } }
  try {
    return process?.getBuiltinModule?.(name)
  } catch {
    return undefined
  }
}
