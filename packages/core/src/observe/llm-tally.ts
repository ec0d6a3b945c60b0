import type { AgentCalls } from './llm-call.js'
import { addUsage, greaterUsage, type LlmUsage, toLlmUsage } from './llm-usage.js'
import { createUtf8Counter } from './utf8.js'

/** Amounts of one model call. */
export interface LlmAmounts {
  readonly usage: LlmUsage | undefined
  /** Whether usage was reported without any count. */
  readonly usageUnreadable: boolean
  /** UTF-8 bytes of the completion. */
  readonly outputBytes: number | undefined
  readonly toolCalls: number | undefined
  /** Cost reported by the provider, in US dollars. */
  readonly costDollars: number | undefined
}

const nothing: LlmAmounts = {
  usage: undefined,
  usageUnreadable: false,
  outputBytes: undefined,
  toolCalls: undefined,
  costDollars: undefined,
}

/**
 * The amounts of a model call in progress. Its own reports take precedence, then the sum of the reports of inner calls,
 * then the values read from the chunks of its stream.
 */
export class LlmTally implements LlmAmounts {
  #bytes: ReturnType<typeof createUtf8Counter> | undefined
  /** Output whose size was reported instead of its text. */
  #countedBytes = 0
  #hasOutput = false
  #usage: LlmUsage | undefined
  #unreadable = false
  #toolCalls: number | undefined
  #costDollars: number | undefined
  #within: LlmAmounts = nothing
  #agentCalls: AgentCalls | undefined = undefined

  #read: LlmTally | undefined = undefined

  get usage(): LlmUsage | undefined {
    return this.#usage ?? this.#within.usage ?? this.#read?.usage
  }

  get usageUnreadable(): boolean {
    return this.#unreadable || this.#within.usageUnreadable
  }

  get outputBytes(): number | undefined {
    if (this.#hasOutput) return (this.#bytes?.bytes ?? 0) + this.#countedBytes
    return this.#within.outputBytes ?? this.#read?.outputBytes
  }

  get toolCalls(): number | undefined {
    return this.#toolCalls ?? this.#within.toolCalls
  }

  get costDollars(): number | undefined {
    return this.#costDollars ?? this.#within.costDollars
  }

  /** The calls of an agent's run; undefined while there was no model call. */
  get agentCalls(): AgentCalls | undefined {
    return this.#agentCalls?.inference ? this.#agentCalls : undefined
  }

  setAgentCalls({ inference, tool }: AgentCalls): void {
    if (isCount(inference) && isCount(tool)) this.#agentCalls = { inference, tool }
  }

  addAgentCall(kind: keyof AgentCalls): void {
    const { inference = 0, tool = 0 } = this.#agentCalls ?? {}
    this.#agentCalls = kind === 'inference' ? { inference: inference + 1, tool } : { inference, tool: tool + 1 }
  }

  setUsage(said: unknown): void {
    const read = toLlmUsage(said)
    if (read === undefined) this.#unreadable = true
    else this.#usage = read
  }

  addOutput(text: unknown): void {
    if (typeof text !== 'string') return
    this.#hasOutput = true
    this.#bytes ??= createUtf8Counter()
    this.#bytes.add(text)
  }

  addOutputBytes(bytes: number): void {
    if (!(bytes >= 0) || !Number.isFinite(bytes)) return
    this.#hasOutput = true
    this.#countedBytes += bytes
  }

  setToolCalls(count: unknown): void {
    if (isCount(count)) this.#toolCalls = count
  }

  /** Sets the total cost. A later call replaces the earlier value. */
  setCost(dollars: unknown): void {
    if (isCount(dollars)) this.#costDollars = dollars
  }

  /** The amounts read from the chunks of a stream. */
  get read(): LlmTally {
    this.#read ??= new LlmTally()
    return this.#read
  }

  /** Adds usage from a stream: chunks have parts of it, or repeat it with more. */
  raiseUsage(chunk: unknown): void {
    const read = toLlmUsage(chunk)
    if (read !== undefined) this.#usage = this.#usage === undefined ? read : greaterUsage(this.#usage, read)
  }

  /** Adds the amounts of an inner call. */
  add(call: LlmAmounts): void {
    this.#within = {
      usage: call.usage === undefined ? this.#within.usage : addUsage(this.#within.usage, call.usage),
      usageUnreadable: this.#within.usageUnreadable || call.usageUnreadable,
      outputBytes: sum(this.#within.outputBytes, call.outputBytes),
      toolCalls: sum(this.#within.toolCalls, call.toolCalls),
      costDollars: sum(this.#within.costDollars, call.costDollars),
    }
  }
}

function isCount(value: unknown): value is number {
  return typeof value === 'number' && value >= 0 && Number.isFinite(value)
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined || b === undefined ? (a ?? b) : a + b
}
