/** Lines whose sink has not answered yet. */
export interface PendingLines {
  readonly count: number
  /** Adds a line; `onOutcome` gets the sink's first answer, or `failed` when its promise rejects. Never throws. */
  add(answer: PromiseLike<unknown>, onOutcome: (outcome: unknown) => void): void
  /** Resolves when no line is pending. */
  idle(): Promise<void>
}

export function createPendingLines(): PendingLines {
  const waiting = new Set<() => void>()
  let count = 0

  function leave(): void {
    if (--count > 0) return
    for (const resume of waiting) resume()
    waiting.clear()
  }

  return {
    get count() {
      return count
    },
    add(answer, onOutcome) {
      count++
      let isOver = false
      const once = (outcome: unknown): void => {
        // A thenable that is not a promise may answer more than once.
        if (isOver) return
        isOver = true
        onOutcome(outcome)
        leave()
      }
      try {
        answer.then(once, () => once('failed'))
      } catch {
        once('failed')
      }
    },
    idle: () => (count === 0 ? Promise.resolve() : new Promise((resolve) => waiting.add(resolve))),
  }
}
