import { httpMethods } from '@quipu/catalog/builtin'
/** The methods that the semantic conventions name; the last stands for any other. */
export const METHODS = [...httpMethods, '_OTHER'] as const
const OTHER_METHOD = METHODS.length - 1
const methodNumbers: ReadonlyMap<unknown, number> = new Map(METHODS.map((method, i) => [method, i]))

/** A method's place in `METHODS`. */
export function methodNumber(method: unknown): number {
  return methodNumbers.get(method) ?? OTHER_METHOD
}

/** `network.protocol.version`; the first stands for a version that is not known. */
export const VERSIONS = [undefined, '1.0', '1.1', '2', '3'] as const
const versionNumbers: ReadonlyMap<unknown, number> = new Map(VERSIONS.map((version, i) => [version, i]))

/** A protocol version's place in `VERSIONS`, of Node's spelling too (`2.0`). */
export function versionNumber(version: unknown): number {
  return versionNumbers.get(version === '2.0' ? '2' : version) ?? 0
}
