import { httpMethods } from '@quipu/catalog/builtin'

/** The methods of the semantic conventions; the last stands for all others. */
export const METHODS = [...httpMethods, '_OTHER'] as const
const OTHER_METHOD = METHODS.length - 1
const methodNumbers: ReadonlyMap<unknown, number> = new Map(METHODS.map((method, i) => [method, i]))

/** Index of HEAD in `METHODS`. */
export const HEAD = METHODS.indexOf('HEAD')

/** Returns the index of a method in `METHODS`. */
export function methodNumber(method: unknown): number {
  return methodNumbers.get(method) ?? OTHER_METHOD
}

/** Values of `network.protocol.version`; the first stands for an unknown version. */
export const VERSIONS = [undefined, '1.0', '1.1', '2', '3'] as const
const versionNumbers: ReadonlyMap<unknown, number> = new Map(VERSIONS.map((version, i) => [version, i]))

/** Returns the index of a protocol version in `VERSIONS`, also in Node's spelling (`2.0`). */
export function versionNumber(version: unknown): number {
  return versionNumbers.get(version === '2.0' ? '2' : version) ?? 0
}
