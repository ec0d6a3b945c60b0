import type { ProcessGroup } from '@quipu/processes'
import type { Quipu } from './quipu.js'

const PORT_RETRY_MS = 500

/**
 * Opens the pages of a group in the process that leads it; the others are ready at once, to answer through `handler`. A
 * port that is taken is tried again for as long as this process leads: its predecessor may not have closed it yet.
 */
export function openWhenLeading(group: ProcessGroup, open: () => Quipu['ready']): Quipu['ready'] {
  let server: Quipu['ready'] | undefined
  const tryToOpen = (): void => {
    server ??= open()
    server.catch(() => {
      server = undefined
      setTimeout(() => group.leads() && tryToOpen(), PORT_RETRY_MS).unref()
    })
  }
  group.onLead(tryToOpen)
  return server ?? Promise.resolve({ urls: { custom: '', standard: '' } })
}
