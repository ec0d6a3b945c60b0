/** Runs a function in the scope of a run, for its deferred work. */
export type Inside = <R>(fn: () => R) => R

/** The end of a run: it returned, it threw, its reader left it early, or no code can read it any more. */
export type Ending =
  | { readonly kind: 'returned'; readonly result: unknown }
  | { readonly kind: 'threw'; readonly thrown: unknown }
  | { readonly kind: 'left' }
  | { readonly kind: 'collected' }

/** Callbacks of a followed run, which must not throw. */
export interface Following {
  /** Called once, with the first ending. */
  end(ending: Ending): void
  /** Called for each value that an iterator yields. */
  step(value: unknown): void
  readonly inside: Inside
}

export type AnyMethod = (this: unknown, ...args: unknown[]) => unknown

/** Returns the answer of a check of a value; false if a getter or a proxy of the value throws. */
export function holds(question: () => boolean): boolean {
  try {
    return question()
  } catch {
    return false
  }
}

/** Returns a method of an object; undefined if it has none or reading it throws. */
export function methodOf(holder: object, name: string | symbol): AnyMethod | undefined {
  try {
    const method: unknown = Reflect.get(holder, name)
    return isMethod(method) ? method : undefined
  } catch {
    return undefined
  }
}

function isMethod(value: unknown): value is AnyMethod {
  return typeof value === 'function'
}

/** Replaces a method on this one object. Returns false if the object does not allow it. */
export function replaceMethod(holder: object, name: string | symbol, value: AnyMethod): boolean {
  return holds(() =>
    Reflect.defineProperty(holder, name, { value, configurable: true, writable: true, enumerable: false }),
  )
}

const collected =
  typeof FinalizationRegistry === 'function'
    ? new FinalizationRegistry<() => void>((onCollected) => onCollected())
    : undefined

/**
 * Calls a function after a value was garbage-collected, on runtimes with FinalizationRegistry. The function must not refer
 * to the value, and must not throw.
 *
 * @example
 * whenCollected(stream, () => call.end('abandoned'))
 */
export function whenCollected(value: object, run: () => void): void {
  collected?.register(value, run)
}

/**
 * Ends a run when its value is collected unread, because it has no other end. The callbacks must not refer to the
 * value.
 */
export function endWhenCollected(value: object, { end }: Following): void {
  whenCollected(value, () => end({ kind: 'collected' }))
}
