import type { Vocabulary } from '@quipu/catalog/builtin'
import {
  flag,
  group,
  type OptionsOf,
  option,
  type ResolvedOptions,
  readOptions,
  resolveOptions,
  text,
  withMethods,
} from '@quipu/catalog/options'
import { defaultRecorder } from '../default-recorder.js'
import { createInstallationId, type InstallationId } from '../observe/installation-id.js'

/** The parts of a recorder that UsageMetrics uses. */
interface UsageRecorder {
  recordMetric(name: string, value: number, labels?: { readonly [name: string]: unknown }): void
  records(vocabulary: Vocabulary): boolean
  countActiveUser(userId: string): number
  guard<T>(site: string, fn: () => T): T | undefined
}

const usageOptions = group({
  /** Recorder to use. */
  recorder: option(
    withMethods<UsageRecorder>('a recorder from createRecorder', 'recordMetric', 'records', 'countActiveUser', 'guard'),
    { otherwise: 'the recorder of the process' },
  ),
  /** Version of the application. */
  versionId: option(text({ min: 0, expected: 'a text' }), { default: '0.0.0' }),
  /** The active profile. */
  profileName: option(text({ min: 0, expected: 'a text' }), { default: 'none' }),
  /** If false, nothing is recorded and no id file is created. The vocabulary `aki` must be enabled as well. */
  enabled: option(flag, { default: true }),
  /** File of the installation's random id. */
  idFile: option(text(), { otherwise: 'a file in the home folder' }),
})

export interface UsageMetricsOptions extends OptionsOf<typeof usageOptions.fields> {}

/**
 * Records Aki's usage metrics manually, with one method per metric and `recordMetric` for all of them. Users are
 * represented by the random id of the installation; the operating system's user name is never read. No method throws.
 *
 * @example
 * const usage = new UsageMetrics({ versionId: '1.2.0', profileName: 'Aki - Ask me anything' })
 * usage.recordUserAction('message')
 */
export class UsageMetrics {
  readonly #recorder: UsageRecorder
  readonly #options: ResolvedOptions<typeof usageOptions.fields>
  readonly #id: InstallationId

  /** @throws QuipuError QUIPU_CONFIG_INVALID for an invalid option */
  constructor(options: UsageMetricsOptions = {}) {
    this.#options = resolveOptions(usageOptions, readOptions(usageOptions, options, 'new UsageMetrics()'))
    this.#recorder = this.#options.recorder ?? defaultRecorder()
    this.#id = createInstallationId(this.#options.idFile)
  }

  /** Counts the installation as active: with its id over OTLP, without it on pages. */
  recordActiveUser(): void {
    this.#record(() => {
      const userId = this.#id.read()
      const versionId = this.#options.versionId
      this.#recorder.recordMetric('active_user', 1, { user_id: userId, version_id: versionId })
      this.#recorder.recordMetric('aki_active_user', 1, { version_id: versionId })
      this.#recorder.recordMetric('aki_active_users', this.#recorder.countActiveUser(userId))
    })
  }

  /** Counts `message`, `stop`, `resume`, `app_startup`, `app_shutdown` or your own action. */
  recordUserAction(actionType: string): void {
    this.recordMetric('user_action', 1, {
      dimensions: { action_type: actionType, profile_name: this.#options.profileName },
    })
  }

  /** Counts the tokens of a model call. */
  recordTokenUsage(modelId: string, inputTokens: number, outputTokens: number): void {
    this.recordMetric('token_input', inputTokens, { dimensions: { model_id: modelId } })
    this.recordMetric('token_output', outputTokens, { dimensions: { model_id: modelId } })
  }

  /** Records the execution time of a model in milliseconds. */
  recordExecutionTime(modelId: string, milliseconds: number): void {
    this.recordMetric('execution_time', milliseconds, { dimensions: { model_id: modelId } })
  }

  /** Counts a use of a model. */
  recordModelUsage(modelId: string): void {
    this.recordMetric('model_usage', 1, { dimensions: { model_id: modelId } })
  }

  /** Counts a use of a tool. */
  recordToolUsage(toolName: string): void {
    this.recordMetric('tool_usage', 1, { dimensions: { tool_name: toolName } })
  }

  /** Records any metric of the catalogue by name. Undeclared dimensions are not read. */
  recordMetric(
    name: string,
    value: number,
    options: { readonly dimensions?: { readonly [name: string]: unknown } } = {},
  ): void {
    this.#record(() => this.#recorder.recordMetric(name, value, options?.dimensions))
  }

  /** Deletes the installation's id; the next active user gets a new one. */
  resetUserId(): void {
    this.#record(() => this.#id.reset())
  }

  #record(fn: () => void): void {
    if (!this.#options.enabled || !this.#recorder.records('aki')) return
    this.#recorder.guard('usage_metrics', fn)
  }
}
