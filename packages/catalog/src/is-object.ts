/** Returns whether a value is an object or an array, whose properties can be read. Never throws. @example isObject([]) // true */
export function isObject(value: unknown): value is { readonly [key: PropertyKey]: unknown } {
  return typeof value === 'object' && value !== null
}

/** Returns whether a value is an object and not an array. Never throws. @example isRecord([]) // false */
export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return isObject(value) && !Array.isArray(value)
}
