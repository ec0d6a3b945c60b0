/** Where a run takes place; work that it puts off takes place there too. */
export type Inside = <R>(fn: () => R) => R

/** How a run ended: it returned, it threw, its reader left it before its end, or nothing can read it any more. */
export type Ending =
  | { readonly kind: 'returned'; readonly result: unknown }
  | { readonly kind: 'threw'; readonly thrown: unknown }
  | { readonly kind: 'left' }
  | { readonly kind: 'collected' }

/** What is done with a run while it is followed; none of it may throw. */
export interface Following {
  /** Called once, with the first ending. */
  end(ending: Ending): void
  /** Called for each value that an iterator yields. */
  step(value: unknown): void
  readonly inside: Inside
}

export type AnyMethod = (this: unknown, ...args: unknown[]) => unknown

/** Whether a question about a value is answered by yes; no, when a getter or a proxy of the value throws. */
export function holds(question: () => boolean): boolean {
  try {
    return question()
  } catch {
    return false
  }
}

/** A method of an object; undefined when there is none, or reading it throws. */
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

/** Puts a method in place of another on this one object; false where the object does not allow it. */
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
 * Ends a run when its value is collected unread: it has no end of its own. The following must not refer to the value.
 * Does nothing on runtimes without FinalizationRegistry.
 */
export function endWhenCollected(value: object, { end }: Following): void {
  collected?.register(value, () => end({ kind: 'collected' }))
}
