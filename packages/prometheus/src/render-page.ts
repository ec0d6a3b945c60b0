import { catalogPage, type PageRecorder } from './families/catalog-page.js'
import { negotiateFormat } from './serving/negotiate.js'
import { createPage, type Page } from './writing/page.js'

export interface RenderPageOptions {
  /** An `Accept` header, or just a media type. Default text 0.0.4. */
  readonly accept?: string | undefined
  /** Families to write; all when absent or empty. */
  readonly names?: readonly string[] | undefined
}

/** One page a recorder, so that its unchanged families are written once. */
const pages = new WeakMap<PageRecorder, Page>()

/**
 * Writes a recorder's catalogue page as one string: text 0.0.4, or OpenMetrics 1.0 when `accept` asks for it. Gives the
 * event loop its turns; keeps nothing that garbage collection could not take.
 *
 * @example
 * const recorder = createRecorder()
 * recorder.metrics.app_active_sessions.set(3)
 * await renderPage(recorder) // … app_active_sessions 3 …
 */
export async function renderPage(recorder: PageRecorder, { accept, names }: RenderPageOptions = {}): Promise<string> {
  const page = pages.get(recorder) ?? createPage(catalogPage(recorder))
  pages.set(recorder, page)
  const rendered = await page.render({ format: negotiateFormat(accept), names })
  return rendered.text()
}
