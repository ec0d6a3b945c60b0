import { addUsage, type LlmUsage, toLlmUsage } from './llm-usage.js'
import { createUtf8Counter } from './utf8.js'

/** What one model call used, put out and asked for. */
export interface LlmAmounts {
  readonly usage: LlmUsage | undefined
  /** Usage was said, and no counts were in it. */
  readonly usageUnreadable: boolean
  /** UTF-8 bytes of the completion. */
  readonly outputBytes: number | undefined
  readonly toolCalls: number | undefined
}

/** The amounts of a model call under way: what it says itself wins, what the calls within it say adds up. */
export class LlmTally implements LlmAmounts {
  readonly #bytes = createUtf8Counter()
  #hasOutput = false
  #usage: LlmUsage | undefined
  #unreadable = false
  #toolCalls: number | undefined
  #within: LlmAmounts = { usage: undefined, usageUnreadable: false, outputBytes: undefined, toolCalls: undefined }

  get usage(): LlmUsage | undefined {
    return this.#usage ?? this.#within.usage
  }

  get usageUnreadable(): boolean {
    return this.#unreadable || this.#within.usageUnreadable
  }

  get outputBytes(): number | undefined {
    return this.#hasOutput ? this.#bytes.bytes : this.#within.outputBytes
  }

  get toolCalls(): number | undefined {
    return this.#toolCalls ?? this.#within.toolCalls
  }

  sayUsage(said: unknown): void {
    const read = toLlmUsage(said)
    if (read === undefined) this.#unreadable = true
    else this.#usage = read
  }

  sayOutput(text: unknown): void {
    if (typeof text !== 'string') return
    this.#hasOutput = true
    this.#bytes.add(text)
  }

  sayToolCalls(count: unknown): void {
    if (typeof count === 'number' && count >= 0 && Number.isFinite(count)) this.#toolCalls = count
  }

  /** A call within this one is over. */
  add(call: LlmAmounts): void {
    this.#within = {
      usage: call.usage === undefined ? this.#within.usage : addUsage(this.#within.usage, call.usage),
      usageUnreadable: this.#within.usageUnreadable || call.usageUnreadable,
      outputBytes: sum(this.#within.outputBytes, call.outputBytes),
      toolCalls: sum(this.#within.toolCalls, call.toolCalls),
    }
  }
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a + b
}
