import type { Recorder } from '@quipu/core'
import { at, isCallable } from '../shape.js'
import { toolEnded, toolStarted } from './reported-tools.js'
import { runToolCall } from './tool-calls.js'

/** What the AI SDK calls around and beside its work: version 7 by `executeTool`, version 6 by the other two. */
export interface AiSdkTelemetry {
  executeTool<T>(call: { readonly execute: () => PromiseLike<T> }): PromiseLike<T>
  onToolCallStart(event: object): void
  onToolCallFinish(event: object): void
}

/**
 * A telemetry integration of the AI SDK, version 6 or 7, that counts tool calls; model calls are seen on the wire. Of a call
 * only the tool's name and whether it failed are read.
 *
 * @param options `recorder`: default, the recorders that observe every model call of the process
 * @returns an integration for `registerTelemetry`; returns and throws what a tool does
 * @example
 * registerTelemetry(createAiSdkTelemetry())
 */
export function createAiSdkTelemetry({ recorder }: { readonly recorder?: Recorder | undefined } = {}): AiSdkTelemetry {
  return {
    executeTool(call) {
      const name = at(at(call, 'toolCall'), 'toolName')
      return typeof name === 'string' ? runToolCall(recorder, name, call.execute) : call.execute()
    },
    onToolCallStart(event) {
      const call = at(event, 'toolCall')
      toolStarted(at(call, 'toolCallId'), at(call, 'toolName'), recorder)
    },
    onToolCallFinish(event) {
      const isFailure = at(event, 'success') === false
      toolEnded(at(at(event, 'toolCall'), 'toolCallId'), isFailure ? { thrown: at(event, 'error') } : undefined)
    },
  }
}

/** Where every copy and version of the AI SDK keeps its integrations. */
const REGISTRY = 'AI_SDK_TELEMETRY_INTEGRATIONS'

/**
 * Observes the tools of the AI SDK, version 6 or 7, by a telemetry integration. Version 5 has none.
 *
 * @param exports what `ai` exports
 * @returns whether this version has integrations
 */
export function observeAiSdk(exports: unknown): boolean {
  const isKnown =
    isCallable(at(exports, 'registerTelemetry')) || isCallable(at(exports, 'registerTelemetryIntegration'))
  if (!isKnown) return false
  const registered: unknown = Reflect.get(globalThis, REGISTRY)
  const integrations: unknown[] = Array.isArray(registered) ? registered : []
  if (!Array.isArray(registered)) Reflect.set(globalThis, REGISTRY, integrations)
  if (!integrations.some((each) => each === processTelemetry)) integrations.push(processTelemetry)
  return true
}

const processTelemetry = createAiSdkTelemetry()
