import { isObject } from '@quipu/catalog/builtin'
import { replaceDeclared } from '../reports/replace-declared.js'
import { quipuYoga } from './quipu-yoga.js'

type CreateYoga = (this: unknown, ...args: unknown[]) => unknown

/** The function of GraphQL Yoga that is replaced. */
export const YOGA_FUNCTION = 'createYoga'

/** Returns whether a loaded module of GraphQL Yoga (5) creates servers. */
export function observeYoga(exports: unknown): boolean {
  return isObject(exports) && typeof Reflect.get(exports, YOGA_FUNCTION) === 'function'
}

/**
 * Returns a `createYoga` whose servers have the plugin `quipuYoga` after those of the application. An operation that the
 * application's own plugin has counted is not counted again.
 *
 * @param original `createYoga`
 * @param exports the exports of its module, which a CommonJS module has filled already
 * @returns the function to use; never throws
 */
export function replaceCreateYoga(_name: string, original: unknown, exports: unknown): unknown {
  return replaceDeclared<CreateYoga>(YOGA_FUNCTION, original, exports, (create) => {
    return function (...args) {
      return Reflect.apply(create, this, withPlugin(args))
    }
  })
}

function withPlugin([options, ...rest]: readonly unknown[]): readonly unknown[] {
  const plugins: unknown = isObject(options) ? (Reflect.get(options, 'plugins') ?? []) : undefined
  return Array.isArray(plugins) && isObject(options)
    ? [{ ...options, plugins: [...plugins, quipuYoga()] }, ...rest]
    : [options, ...rest]
}
