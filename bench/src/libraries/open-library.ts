import type { Library } from '../library.js'

/** Loads one library only, because a process measures one. */
export async function openLibrary(name: string): Promise<Library> {
  switch (name) {
    case 'quipu':
      return (await import('./quipu.js')).library
    case 'otel':
      return (await import('./otel.js')).library
    case 'prom-client':
      return (await import('./prom-client.js')).library
    case 'prometheus-io':
      return (await import('./prometheus-io.js')).library
    case 'nothing':
      return (await import('./nothing.js')).library
    default:
      throw new Error(`no library ${name}`)
  }
}
