/** Whether a value is an object, lists included, whose properties may be read. */
export function isObject(value: unknown): value is { readonly [key: PropertyKey]: unknown } {
  return typeof value === 'object' && value !== null
}

/** Whether a value is an object and no list. */
export function isRecord(value: unknown): value is { readonly [name: string]: unknown } {
  return isObject(value) && !Array.isArray(value)
}
