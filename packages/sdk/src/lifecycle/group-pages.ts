import { unref } from '@quipu/core'
import type { ProcessGroup } from '@quipu/processes'
import type { Pages } from '../pages.js'
import type { Quipu } from './quipu.js'

const PORT_RETRY_MS = 500

/**
 * Opens the pages of a group in the process that leads it; the others are ready at once, to answer through `handler`. The
 * next leader opens the port that the first one found, and tries again for as long as it leads: its predecessor may not
 * have closed it yet.
 *
 * @param tries how many ports may be tried by the first, from the one configured upwards
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
      // One that is alone has no predecessor: another application has the port.
      if (group.isAlone()) return
      server = undefined
      unref(setTimeout(() => group.leads() && tryToOpen(), PORT_RETRY_MS))
    })
  }
  group.onLead(tryToOpen)
  return server ?? Promise.resolve({ urls: { custom: '', standard: '' } })
}
