import { resolveOptions } from '@quipu/catalog/options'
import { checkBind, type ListenOptions } from '@quipu/prometheus'
import { environment } from './environment.js'
import { type PrometheusOptions, prometheusOptions } from './prometheus-options.js'

/** Where the pages listen, and how they answer. */
export interface PagesConfiguration extends Omit<PrometheusOptions, keyof ListenOptions> {
  /** Undefined: nothing listens. */
  readonly listen: (ListenOptions & { readonly host: string; readonly port: number }) | undefined
}

/**
 * @param isServed whether the pages listen; the handler has them in any case
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
