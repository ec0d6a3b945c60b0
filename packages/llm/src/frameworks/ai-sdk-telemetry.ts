import type { Recorder } from '@quipu/core'
import { at, isCallable } from '../shape.js'
import { ReportedTools } from './reported-tools.js'
import { runToolCall } from './tool-calls.js'

/** The functions that the AI SDK calls: `executeTool` in version 7, the other two in version 6. */
export interface AiSdkTelemetry {
  executeTool<T>(call: { readonly execute: () => PromiseLike<T> }): PromiseLike<T>
  onToolCallStart(event: object): void
  onToolCallFinish(event: object): void
}

/**
 * Creates a telemetry integration of the AI SDK, version 6 or 7, that counts tool calls; model calls are observed on
 * the wire. It reads only the tool's name and whether the call failed.
 *
 * @param options `recorder`: default, the recorders that observe all model calls of the process
 * @returns an integration for `registerTelemetry`; results and errors of tools stay the same
 * @example
 * registerTelemetry(createAiSdkTelemetry())
 */
export function createAiSdkTelemetry({ recorder }: { readonly recorder?: Recorder | undefined } = {}): AiSdkTelemetry {
  const tools = new ReportedTools(recorder)
  return {
    executeTool(call) {
      const name = at(at(call, 'toolCall'), 'toolName')
      return typeof name === 'string' ? runToolCall(recorder, name, call.execute) : call.execute()
    },
    onToolCallStart(event) {
      const call = at(event, 'toolCall')
      tools.start(at(call, 'toolCallId'), at(call, 'toolName'))
    },
    onToolCallFinish(event) {
      const isFailure = at(event, 'success') === false
      tools.end(at(at(event, 'toolCall'), 'toolCallId'), isFailure ? { thrown: at(event, 'error') } : undefined)
    },
  }
}

/** Where all copies and versions of the AI SDK store their integrations. */
const REGISTRY = 'AI_SDK_TELEMETRY_INTEGRATIONS'

/**
 * Observes the tools of the AI SDK, version 6 or 7, through a telemetry integration. Version 5 has none.
 *
 * @param exports exports of `ai`
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
