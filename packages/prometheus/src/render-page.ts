import { catalogPage, type PageRecorder } from './families/catalog-page.js'
import { negotiateFormat } from './serving/negotiate.js'
import { createPage, type Page } from './writing/page.js'

export interface RenderPageOptions {
  /** An `Accept` header or a media type. Default text 0.0.4. */
  readonly accept?: string | undefined
  /** Names of the families to write. Default: all. */
  readonly names?: readonly string[] | undefined
}

/** One page per recorder, so that unchanged families are written once. */
const pages = new WeakMap<PageRecorder, Page>()

/**
 * Renders a recorder's catalogue page as one string, in slices, so that the event loop gets its turns.
 *
 * @param recorder the recorder to read
 * @param options `accept`: text 0.0.4 (default) or OpenMetrics 1.0; `names`: families to write
 * @returns the page; rejects when a family throws
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
