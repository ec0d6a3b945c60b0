import { builtinModule } from '@quipu/store'

interface Builtins {
  readonly 'node:crypto': typeof import('node:crypto')
  readonly 'node:http': typeof import('node:http')
  readonly 'node:zlib': typeof import('node:zlib')
}

/** `builtinModule` with the types of the modules that serving needs. */
export function nodeBuiltin<N extends keyof Builtins>(name: N): Builtins[N] | undefined {
  return builtinModule(name) as Builtins[N] | undefined
}
