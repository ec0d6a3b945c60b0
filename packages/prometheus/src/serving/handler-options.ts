import {
  flag,
  group,
  instance,
  integer,
  listOf,
  mapOf,
  milliseconds,
  type OptionsOf,
  option,
  text,
  withMethods,
  word,
} from '@quipu/catalog/options'
import type { PageSource } from '../families/page-source.js'
import type { Page } from '../writing/page.js'
import { authOptions } from './auth-options.js'
import type { ServedDocument } from './document-answers.js'
import type { ScrapeRecorder } from './scrape-metrics.js'

/** One source, several, or a page. */
type Served = PageSource | readonly PageSource[] | Page

/** How pages are served. */
export const servingOptions = group({
  /**
   * Credentials for the pages, of which a request needs one. Without them, everyone who reaches the port can read the
   * pages.
   */
  auth: option(authOptions, { example: "auth: { bearer: 'a token of letters and digits' }" }),
  /**
   * `escaped` shows all scrapers the documented names; `utf-8` shows names with dots to a scraper that sends
   * `escaping=allow-utf-8`.
   */
  names: option(word(['escaped', 'utf-8']), { default: 'escaped', variables: ['QUIPU_PROMETHEUS_NAMES'] }),
  /** Maximum number of concurrent requests; further ones get 503. */
  maxInFlight: option(integer({ min: 1 }), { default: 500, variables: ['QUIPU_PROMETHEUS_MAX_IN_FLIGHT'] }),
  /**
   * Maximum time for a response in milliseconds, then 503. A scraper with a shorter time limit gets the response
   * earlier.
   */
  timeoutMs: option(milliseconds, { default: 10_000, variables: ['QUIPU_PROMETHEUS_TIMEOUT_MS'] }),
  /** Response to an error in a part of a page: `fail` sends 500, `continue` leaves the part out. */
  onError: option(word(['fail', 'continue']), { default: 'fail', variables: ['QUIPU_PROMETHEUS_ON_ERROR'] }),
  /**
   * Writes when each series started: `_created` samples in OpenMetrics, from which Prometheus counts the first increase of
   * a series. They double the samples of a counter. The protobuf format has the times in any case.
   */
  created: option(flag, { default: false, variables: ['QUIPU_PROMETHEUS_CREATED'] }),
})

/** Options of `createHandler()`. */
export const handlerOptions = group({
  ...servingOptions.fields,
  /** Pages by path, such as `/custom_metrics`. */
  pages: option(
    mapOf(instance<Served>('a page, a source or a list of sources', isServed), {
      key: /^\/[^?#]*$/,
      expected: 'an object with a page for each path, which begins with a slash and has no query',
    }),
    { required: true, example: "pages: { '/custom_metrics': catalogPage(recorder) }" },
  ),
  /** Documents served beside the pages under the same access rules, by path, such as a page for people. */
  documents: option(
    mapOf(withMethods<ServedDocument>('a document', 'read'), {
      key: /^\/[^?#]*$/,
      expected: 'an object with a document for each path, which begins with a slash and has no query',
    }),
    { example: "documents: { '/quipu': { read: loadStudio } }" },
  ),
  /** Recorder that counts the scrapes. */
  recorder: option(instance<ScrapeRecorder>('a recorder from createRecorder', isRecorder), {}),
})

export interface HandlerOptions extends OptionsOf<typeof handlerOptions.fields> {}

/** Options of `listen()`. */
export const listenOptions = group({
  /** Address to listen on. */
  host: option(text({ min: 0, expected: 'a host name or address' }), {
    default: '127.0.0.1',
    variables: ['OTEL_EXPORTER_PROMETHEUS_HOST'],
  }),
  /** Port to listen on; 0 for any free one. */
  port: option(integer({ min: 0, max: 65_535 }), { default: 0, example: 'port: 9464' }),
  /** Allows an address that other hosts reach, without `auth`. */
  allowPublic: option(flag, { default: false, variables: ['QUIPU_PROMETHEUS_ALLOW_PUBLIC'] }),
  /** Additional host names of a server on loopback; requests for other names get 421. */
  allowedHosts: option(listOf(text()), {
    otherwise: 'none',
    variables: ['QUIPU_PROMETHEUS_ALLOWED_HOSTS'],
    example: "allowedHosts: ['metrics.internal']",
  }),
})

export interface ListenOptions extends OptionsOf<typeof listenOptions.fields> {}

function isServed(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false
  if (Array.isArray(value)) return value.length > 0 && value.every((each) => !Array.isArray(each) && isServed(each))
  return ['families', 'render'].some((name) => typeof Reflect.get(value, name) === 'function')
}

function isRecorder(value: unknown): boolean {
  if (typeof value !== 'object' || value === null || !('guard' in value) || !('metrics' in value)) return false
  return typeof value.guard === 'function' && typeof Object(value.metrics).quipu_scrapes_total === 'object'
}
