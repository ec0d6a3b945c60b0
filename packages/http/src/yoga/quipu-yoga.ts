import { defaultRecorder, type Recorder } from '@quipu/core'
import { countsFirst } from '../requests/counted-once.js'
import { openRequestOfContext } from '../requests/request-registry.js'
import { firstErrorOf } from './first-error-of.js'
import { operationName } from './operation-name.js'
import type { Execution, YogaPlugin } from './yoga-plugin.js'

export interface QuipuYogaOptions {
  /** Default: the recorder of the process. */
  readonly recorder?: Recorder | undefined
  /** Names of operations to count by name. Others are counted by their type and first field, as `query.user`. */
  readonly operations?: readonly string[] | undefined
}

/**
 * Creates a GraphQL Yoga plugin (5) that counts and times each operation as a feature. A result with errors counts as an
 * error, although its HTTP status is 200. Subscriptions are counted and not timed. Requests on Node get the GraphQL
 * endpoint as their route. It changes no result.
 *
 * @param options `recorder`, `operations`
 * @returns a plugin for `createYoga`; never throws
 * @see https://the-guild.dev/graphql/yoga-server/docs/features/envelop-plugins
 * @example
 * createServer(createYoga({ schema, plugins: [quipuYoga({ operations: ['GetUser'] })] }))
 */
export function quipuYoga({ recorder = defaultRecorder(), operations = [] }: QuipuYogaOptions = {}): YogaPlugin {
  const known = new Set(operations)
  let endpoint = '/graphql'
  const nameOf = ({ args }: Execution): string | undefined =>
    recorder.guard('http', () => operationName(args.document, args.operationName, known))
  return {
    onYogaInit({ yoga }) {
      endpoint = yoga.graphqlEndpoint
    },
    onRequest({ url, serverContext }) {
      recorder.guard('http', () => {
        const open = openRequestOfContext(serverContext)
        if (open !== undefined && url.pathname === endpoint) open.route ??= endpoint
      })
    },
    onExecute(execution) {
      const name = nameOf(execution)
      if (name === undefined || !countsFirst(recorder, execution.args)) return undefined
      const run = recorder.startFeature(name)
      return {
        onExecuteDone({ result }) {
          const error = recorder.guard('http', () => firstErrorOf(result))
          if (error === undefined) run.end()
          else run.fail(error)
        },
      }
    },
    onSubscribe(execution) {
      const name = nameOf(execution)
      if (name !== undefined && countsFirst(recorder, execution.args)) recorder.trackFeatureUsage(name)
    },
  }
}
