import { unref } from '@quipu/core'
import type { ProcessGroup } from '@quipu/processes'
import type { Pages } from '../pages.js'
import type { Quipu } from './quipu.js'

const PORT_RETRY_MS = 500

/**
 * Opens the pages of a group in the process that leads it. In the other processes they are ready at once, through
 * `handler`. The next leader opens the same port, and retries as long as it leads, because its predecessor may still
 * hold the port.
 *
 * @param tries number of ports that the first leader may try, from the configured one upwards
 */
export function openWhenLeading(group: ProcessGroup, pages: Pages, tries: number): Quipu['ready'] {
  let server: Quipu['ready'] | undefined
  const open = async (): Quipu['ready'] => {
    const port = group.port()
    const opened = await (port === undefined ? pages.open(tries) : pages.open(1, port))
    if (opened.port !== undefined) group.notePort(opened.port)
    return opened
  }
  const tryToOpen = (): void => {
    server ??= open()
    server.catch(() => {
      // A single process has no predecessor: another application uses the port.
      if (group.isAlone()) return
      server = undefined
      unref(setTimeout(() => group.leads() && tryToOpen(), PORT_RETRY_MS))
    })
  }
  group.onLead(tryToOpen)
  return server ?? Promise.resolve({ urls: { custom: '', standard: '' } })
}
