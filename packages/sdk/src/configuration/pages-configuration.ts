import { resolveOptions } from '@quipu/catalog/options'
import { checkBind, type ListenOptions } from '@quipu/prometheus'
import { environment } from './environment.js'
import { type PrometheusOptions, prometheusOptions } from './prometheus-options.js'

/** Address and behaviour of the pages. */
export interface PagesConfiguration extends Omit<PrometheusOptions, keyof ListenOptions> {
  /** Undefined if no server listens. */
  readonly listen: (ListenOptions & { readonly host: string; readonly port: number }) | undefined
}

/**
 * Resolves the configuration of the pages.
 * @param isServed whether a server listens; the handler has the pages in any case
 * @throws QuipuError QUIPU_BIND_REFUSED
 */
export function pagesConfiguration(
  given: boolean | PrometheusOptions | undefined,
  isServed: boolean,
): PagesConfiguration {
  const options = typeof given === 'object' ? given : {}
  const { host, port, allowPublic, allowedHosts, ...pages } = resolveOptions(prometheusOptions, options, environment)
  if (!isServed) return { ...pages, listen: undefined }
  checkBind(host, { hasAuth: pages.auth !== undefined, allowPublic })
  return { ...pages, listen: { host, port, allowPublic, ...(allowedHosts && { allowedHosts }) } }
}
