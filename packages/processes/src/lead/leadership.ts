import type { Lead } from './lead.js'

const CLOSING_LOOK_MS = 20
/** Maximum time that the exit of a process waits for a leader that ends at the same time. */
const EXIT_WAIT_MS = 250

/** Whether this process leads its group, and when it becomes the leader. */
export interface Leadership {
  /** Becomes the leader if no process leads. Gives a sign of life if this one does. */
  checkLead(): void
  /** Whether this process leads, according to the folder: one that was stopped for a while may have been replaced. */
  leads(): boolean
  /** Calls the listener each time this process becomes the leader, and at once if it leads already. */
  onLead(listener: () => void): void
  /** Becomes the leader while the process exits, synchronously. */
  takeOver(): void
  /** Waits for a leader that is ending, and becomes the leader after it. */
  close(timeoutMs: number): Promise<void>
}

/** @param onLook called at each checkLead while this process leads */
export function createLeadership(
  lead: Lead,
  onLook: () => void,
  guard: <T>(work: () => T) => T | undefined,
): Leadership {
  const listeners: (() => void)[] = []
  let hasLead = false
  const leads = (): boolean => hasLead && (guard(lead.holds) ?? false)
  const isClosing = (): boolean => guard(lead.isClosing) ?? false
  const checkLead = (): void =>
    void guard(() => {
      const had = hasLead
      hasLead = lead.take()
      if (!hasLead) return
      if (!had) for (const listener of listeners) listener()
      onLook()
    })
  return {
    checkLead,
    leads,
    onLead(listener) {
      listeners.push(listener)
      if (hasLead) listener()
    },
    takeOver() {
      checkLead()
      // A leader that is ending as well may have collected already: then this process exports after its end.
      const until = performance.now() + EXIT_WAIT_MS
      while (!hasLead && isClosing() && performance.now() < until) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, CLOSING_LOOK_MS / 4)
        checkLead()
      }
      if (!hasLead) checkLead()
      if (hasLead) guard(lead.close)
    },
    async close(timeoutMs) {
      const until = performance.now() + timeoutMs
      while (!leads() && isClosing() && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, CLOSING_LOOK_MS))
        checkLead()
      }
      if (!leads()) checkLead()
      if (leads()) guard(lead.close)
    },
  }
}
