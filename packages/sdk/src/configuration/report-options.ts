import { group, listOf, option, resolveOptions, word } from '@quipu/catalog/options'
import { type ReportKind, reportKinds } from '@quipu/http/reports'
import { environment } from './environment.js'

/** The kinds of events that `register` reports besides requests and model calls. */
export const reportOptions = group({
  /**
   * The kinds that `register` reports without code: `sessions` of express-session and @fastify/session, `uploads` by busboy, multer,
   * @fastify/multipart and formidable, `storage` by `@aws-sdk/client-s3`, `jobs` of BullMQ, errors of `sockets` of ws, and
   * `errors` that end a request with status 500 or more. An application that reports the same itself leaves the kind out; for
   * errors, `error` of `trackError` is enough. `none`, or an empty list, turns all off.
   */
  reports: option(listOf(word([...reportKinds, 'none'])), {
    default: reportKinds,
    variables: ['QUIPU_REPORTS'],
    example: "reports: ['sessions', 'jobs']",
  }),
})

/** Returns the kinds that an option of code, otherwise the environment, chooses. */
export function chosenReports(given?: readonly (ReportKind | 'none')[]): readonly ReportKind[] {
  const { reports } = resolveOptions(reportOptions, { reports: given }, environment)
  return reports.includes('none') ? [] : reportKinds.filter((kind) => reports.includes(kind))
}
