import type { Attribution } from './context.js'
import type { FeatureRun } from './feature.js'
import type { FileUpload, StoredFile } from './files.js'
import type { LlmCall, LlmCallOptions } from './llm-call.js'
import type { RequestReport } from './request.js'
import type { ToolCall, ToolCallOptions } from './tool-call.js'
import type { Tracker } from './tracker.js'
import type { UserActionRun } from './user-action.js'

/** The helpers of a recorder; each is also a function of the package, which acts on the process's default recorder. */
export interface RecorderHelpers {
  withFeature<T>(name: string, fn: () => T): T
  startFeature(name: string): FeatureRun
  readonly trackFeature: Tracker
  readonly trackFeatureAsync: Tracker
  trackFeatureUsage(name: string): void
  trackFeatureError(name: string, error: unknown): void
  trackUserAction(action: string): void
  withUserAction<T>(action: string, fn: () => T): T
  startUserAction(action: string): UserActionRun
  trackUserRegistration(): void
  trackUserLogin(): void
  trackAuthFailure(reason?: string): void
  trackSessionStart(id?: string): void
  touchSession(id: string): void
  trackSessionEnd(id?: string): void
  updateWorkspaceSize(userId: string, bytes: number): void
  deleteWorkspace(userId: string): void
  recordAnalysisComplexity(analysisType: string, score: number): void
  startLlmCall(options: LlmCallOptions): LlmCall
  withLlmCall<T>(options: LlmCallOptions, fn: (call: LlmCall) => T): T
  readonly trackLlmCall: Tracker
  recordLlmRequest(model: string, endpoint: string): void
  recordLlmTokens(model: string, inputTokens?: number, outputTokens?: number): void
  timeLlmRequest(model: string, endpoint: string): UserActionRun
  recordLlmCompletionSize(model: string, bytes: number): void
  recordLlmError(model: string, errorType: string): void
  recordLlmRateLimit(model: string): void
  withToolCall<T>(tool: string, fn: () => T, options?: ToolCallOptions): T
  startToolCall(tool: string, options?: ToolCallOptions): ToolCall
  observeRequest(request: RequestReport): void
  trackFileUpload(file: FileUpload): void
  trackFileStored(file: StoredFile): void
  trackError(errorType: string, options?: { readonly user?: string | null }): void
  trackAppStartup(): void
  trackAppShutdown(): void
  withUser<R>(user: string | null, fn: () => R): R
  withAttribution<R>(attribution: Attribution, fn: () => R): R
}
