/** Returns undefined instead of an error, because an error of Quipu must not prevent the application from loading. */
export function orUndefined<T>(run: () => T): T | undefined {
  try {
    return run()
  } catch {
    return undefined
  }
}
