import { QuipuError } from '@quipu/catalog/builtin'
import type { Recorder } from '@quipu/core'
import { ignoreRequest } from '@quipu/http/node-http'
import {
  catalogPage,
  createHandler,
  createPage,
  listen,
  negotiateFormat,
  type OtelCollect,
  otelPage,
  type PageHandler,
  type PageServer,
  type ServedDocument,
} from '@quipu/prometheus'
import type { PagesConfiguration } from './configuration/pages-configuration.js'
import { STUDIO_PATH } from './studio/studio-documents.js'

/** URLs of the pages; an empty string for a page that is not served. */
export interface PageUrls {
  /** `http://127.0.0.1:9464/custom_metrics`: the catalogue. */
  readonly custom: string
  /** `http://127.0.0.1:9464/metrics`: the standard metrics. */
  readonly standard: string
  /** `http://127.0.0.1:9464/quipu`: the studio, if it is served. */
  readonly studio?: string
}

/** The name of a page: `/custom_metrics` has the catalogue, `/metrics` the standard metrics. */
export type PageName = 'custom_metrics' | 'metrics'

/** Renders one page as text: 0.0.4, or OpenMetrics 1.0 when `accept` asks for it. */
export type RenderPage = (name: PageName, options?: { readonly accept?: string | undefined }) => Promise<string>

/** Both pages of a recorder, and their server if one is configured. */
export interface Pages {
  readonly handler: PageHandler
  readonly page: RenderPage
  /**
   * Starts the server, if configured.
   * @param tries number of ports to try, upwards
   * @param port the first port; default the configured one
   */
  open(tries: number, port?: number): Promise<{ readonly urls: PageUrls; readonly port?: number }>
  close(graceMs: number): Promise<void>
}

const CUSTOM = '/custom_metrics'
const STANDARD = '/metrics'

/**
 * Creates the pages of a recorder.
 * @param hasStandard whether there is a page `/metrics`
 * @param collects functions that collect metrics of the application: its OpenTelemetry instruments, its producers
 * @param documents documents served beside the pages, by path
 */
export function createPages(
  recorder: Recorder,
  {
    listen: address,
    auth,
    maxInFlight,
    timeoutMs,
    onError,
    names,
    created,
    scopeLabels,
    targetInfo,
  }: PagesConfiguration,
  hasStandard: boolean,
  collects: readonly OtelCollect[],
  documents: Readonly<Record<string, ServedDocument>> = {},
): Pages {
  const options = created === undefined ? {} : { created }
  const custom = createPage(catalogPage(recorder), options)
  const foreign = collects.map((collect) =>
    otelPage(collect, {
      exclude: recorder,
      ...(scopeLabels !== undefined && { scopeLabels }),
      ...(targetInfo !== undefined && { targetInfo }),
    }),
  )
  const standard = hasStandard ? createPage([catalogPage(recorder, 'standard'), ...foreign], options) : undefined
  const inner = createHandler({
    pages: { [CUSTOM]: custom, ...(standard !== undefined && { [STANDARD]: standard }) },
    documents,
    recorder,
    ...(auth !== undefined && { auth }),
    ...(maxInFlight !== undefined && { maxInFlight }),
    ...(timeoutMs !== undefined && { timeoutMs }),
    ...(onError !== undefined && { onError }),
    ...(names !== undefined && { names }),
  })
  const handler: PageHandler = Object.assign(
    (...[request, response, next]: Parameters<PageHandler>): void => {
      let isPassedOn = false
      inner(
        request,
        response,
        next &&
          ((error) => {
            isPassedOn = true
            next(error)
          }),
      )
      if (!isPassedOn) ignoreRequest(request)
    },
    { fetch: inner.fetch, paths: inner.paths, hasAuth: inner.hasAuth },
  )
  let server: Promise<PageServer> | undefined
  return {
    handler,
    async page(name, { accept } = {}) {
      const page = name === 'custom_metrics' ? custom : standard
      return page === undefined ? '' : (await page.render({ format: negotiateFormat(accept, names) })).text()
    },
    async open(tries, port = address?.port) {
      if (address === undefined) return { urls: { custom: '', standard: '' } }
      server = listenFrom(handler, { ...address, port: port ?? address.port }, tries)
      const { url, ...opened } = await server
      return {
        port: opened.port,
        urls: {
          custom: `${url}${CUSTOM}`,
          standard: standard === undefined ? '' : `${url}${STANDARD}`,
          ...(STUDIO_PATH in documents && { studio: `${url}${STUDIO_PATH}` }),
        },
      }
    },
    async close(graceMs) {
      const open = await server?.catch(() => undefined)
      await open?.close(graceMs)
    },
  }
}

async function listenFrom(
  handler: PageHandler,
  address: NonNullable<PagesConfiguration['listen']>,
  tries: number,
): Promise<PageServer> {
  for (let i = 0; ; i++) {
    try {
      const server = await listen(handler, { ...address, port: address.port + i })
      // The server of the pages must not keep the process alive.
      server.unref()
      return server
    } catch (error) {
      const isTaken = QuipuError.isInstance(error) && error.code === 'QUIPU_PORT_IN_USE'
      if (!isTaken || i + 1 >= tries || address.port + i >= 65_535) throw error
    }
  }
}
