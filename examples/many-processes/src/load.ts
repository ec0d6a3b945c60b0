import { Agent, request } from 'node:http'

/** Result of a load. */
export interface LoadOutcome {
  readonly sent: number
  readonly answered: number
  /** Requests whose connection broke before the response was complete. */
  readonly broken: number
}

/**
 * Sends requests at a steady rate for some seconds, a bounded number at a time, and waits for all of them.
 *
 * @param tries maximum number of attempts of a request whose connection closes before any response. Use more than one only
 *   if such a request was never started, as when the server closes an idle connection that is about to be used
 */
export async function sendLoad(port: number, seconds: number, perSecond: number, tries: number): Promise<LoadOutcome> {
  const agent = new Agent({ keepAlive: true, maxSockets: 64 })
  const outcome = { sent: 0, answered: 0, broken: 0 }
  const pending = new Set<Promise<void>>()
  const began = performance.now()
  while (performance.now() - began < seconds * 1000) {
    const due = Math.floor(((performance.now() - began) / 1000) * perSecond)
    while (outcome.sent < due && pending.size < 256) {
      outcome.sent++
      const one: Promise<void> = send(port, agent, tries).then((ok) => {
        outcome[ok ? 'answered' : 'broken']++
        pending.delete(one)
      })
      pending.add(one)
    }
    await new Promise((resolve) => setTimeout(resolve, 2))
  }
  await Promise.all(pending)
  agent.destroy()
  return outcome
}

async function send(port: number, agent: Agent, tries: number): Promise<boolean> {
  for (let i = 0; i < tries; i++) if (await get(port, agent)) return true
  return false
}

function get(port: number, agent: Agent): Promise<boolean> {
  return new Promise((resolve) => {
    const sent = request({ port, host: '127.0.0.1', path: '/work', agent }, (response) => {
      response.resume()
      response.on('end', () => resolve(response.complete))
      response.on('error', () => resolve(false))
    })
    sent.on('error', () => resolve(false))
    // A connection that was handed to an ending worker gets no response.
    sent.setTimeout(5000, () => sent.destroy())
    sent.end()
  })
}
