import type { ServedDocument } from '@quipu/prometheus'
import type { RecentLines } from './recent-lines.js'

export const STUDIO_PATH = '/quipu'

/** The studio and the documents that it reads besides the pages, by path. It is loaded with the first request. */
export function studioDocuments(lines: RecentLines | undefined): Readonly<Record<string, ServedDocument>> {
  return {
    [STUDIO_PATH]: { read: async () => (await import('@quipu/studio')).loadStudio() },
    ...(lines !== undefined && { [`${STUDIO_PATH}/lines`]: lines.document }),
  }
}
