import type { StudioSource } from '../studio/studio-source.js'

const PAGES = ['/custom_metrics', '/metrics']

/** Reads the pages of a source; `down` is the reason if no page could be read. */
export async function readPages(source: StudioSource): Promise<{ readonly text: string; readonly down?: string }> {
  const answers = await Promise.all(PAGES.map(async (path) => source.documents[path]?.read('')))
  const texts = answers.flatMap((answer) =>
    answer !== undefined && (answer.status ?? 200) === 200 ? [String(answer.body)] : [],
  )
  if (texts.length > 0) return { text: texts.join('\n') }
  return { text: '', down: reasonOf(answers.flatMap((answer) => answer?.status ?? [])) }
}

function reasonOf(statuses: readonly number[]): string {
  if (statuses.includes(401) || statuses.includes(403)) return 'requires another token'
  return statuses.every((status) => status === 502) ? 'does not answer' : `answers with ${statuses.join(', ')}`
}
