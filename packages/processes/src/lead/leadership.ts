import type { Lead } from './lead.js'

const CLOSING_LOOK_MS = 20
/** Longest that the exit of a process waits for a leader that ends at the same moment. */
const EXIT_WAIT_MS = 250

/** Whether this process leads its group, and the moments at which it takes the lead. */
export interface Leadership {
  /** Takes the lead if no process has it; gives a sign of life when this one has. */
  look(): void
  /** Whether this process leads, as the folder says: one that was stopped for a while may have been replaced. */
  leads(): boolean
  /** Calls the listener each time this process takes the lead; at once when it leads already. */
  onLead(listener: () => void): void
  /** Takes the lead while the process exits, where nothing asynchronous runs. */
  takeOver(): void
  /** Waits for a leader that is ending, and takes the lead after it. */
  close(timeoutMs: number): Promise<void>
}

/** @param onLook called at each look while this process leads */
export function createLeadership(
  lead: Lead,
  onLook: () => void,
  guard: <T>(work: () => T) => T | undefined,
): Leadership {
  const listeners: (() => void)[] = []
  let hasLead = false
  const leads = (): boolean => hasLead && (guard(lead.holds) ?? false)
  const isClosing = (): boolean => guard(lead.isClosing) ?? false
  const look = (): void =>
    void guard(() => {
      const had = hasLead
      hasLead = lead.take()
      if (!hasLead) return
      if (!had) for (const listener of listeners) listener()
      onLook()
    })
  return {
    look,
    leads,
    onLead(listener) {
      listeners.push(listener)
      if (hasLead) listener()
    },
    takeOver() {
      look()
      // One that is ending too may have collected already: then this one has to, when it has gone.
      const until = performance.now() + EXIT_WAIT_MS
      while (!hasLead && isClosing() && performance.now() < until) {
        Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, CLOSING_LOOK_MS / 4)
        look()
      }
      if (!hasLead) look()
      if (hasLead) guard(lead.close)
    },
    async close(timeoutMs) {
      const until = performance.now() + timeoutMs
      while (!leads() && isClosing() && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, CLOSING_LOOK_MS))
        look()
      }
      if (!leads()) look()
      if (leads()) guard(lead.close)
    },
  }
}
