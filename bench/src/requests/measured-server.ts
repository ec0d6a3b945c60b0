import { type ChildProcess, fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import type { Framework, Observer } from './request-cases.js'
import { holdRequests, sendRequests, timeRequests } from './request-load.js'
import type { Question } from './request-server.js'

/** Number of concurrent requests while their memory is measured. */
export const HELD = 1000
/** Number of requests whose latency is measured in a round. */
export const TIMED = 2000

const script = fileURLToPath(new URL('./request-server.js', import.meta.url))

/** The process of one server with one observer, and what was measured of it. */
export class MeasuredServer {
  readonly observer: Observer
  readonly cpusUs: number[] = []
  readonly p99sUs: number[] = []
  heapBytes = Number.NaN
  readonly #child: ChildProcess
  readonly #port: number
  #sent = 0

  private constructor(observer: Observer, child: ChildProcess, port: number) {
    this.observer = observer
    this.#child = child
    this.#port = port
  }

  static async start(framework: Framework, observer: Observer): Promise<MeasuredServer> {
    const child = fork(script, [framework, observer], { execArgv: ['--expose-gc'] })
    const [{ port }] = (await once(child, 'message')) as [{ port: number }]
    return new MeasuredServer(observer, child, port)
  }

  async warmUp(requests: number): Promise<void> {
    await sendRequests(this.#port, requests)
    this.#sent += requests
  }

  /**
   * Measures one round, after requests that are not measured: after the seconds in which the other servers were measured,
   * the first thousands of requests take twice as long.
   */
  async measure(requests: number): Promise<void> {
    await this.warmUp(requests / 2)
    const before = await this.#ask('cpuUs')
    await sendRequests(this.#port, requests)
    this.cpusUs.push(((await this.#ask('cpuUs')) - before) / requests)
    const durations = (await timeRequests(this.#port, TIMED)).sort((a, b) => a - b)
    this.p99sUs.push(durations[Math.floor(durations.length * 0.99)] ?? Number.NaN)
    this.#sent += requests + TIMED
  }

  /** @throws Error if the observer did not count every request that was answered */
  async end(): Promise<void> {
    const counted = await this.#ask('counted')
    this.heapBytes = await this.#heapOfOpenRequest()
    this.#child.kill()
    if (this.observer !== 'bare' && counted !== this.#sent) {
      throw new Error(`${this.observer} has counted ${counted} of ${this.#sent} requests`)
    }
  }

  async #heapOfOpenRequest(): Promise<number> {
    const before = await this.#ask('heapBytes')
    const end = await holdRequests(this.#port, HELD)
    // Sent requests have arrived when the server reads them; there is no other signal.
    await delay(500)
    const held = await this.#ask('heapBytes')
    end()
    return (held - before) / HELD
  }

  async #ask(question: Question): Promise<number> {
    this.#child.send(question)
    const [answer] = (await once(this.#child, 'message')) as [number]
    return answer
  }
}
