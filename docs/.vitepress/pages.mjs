// @ts-check
// The pages of the site, in order. Every page is a file of the repository, rendered in its place without a copy.
// `test/docs/site.test.ts` fails if a page is missing here.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

/** The repository, which contains the pages. */
export const repository = fileURLToPath(new URL('../../', import.meta.url))

/** @typedef {{ readonly file: string, readonly text: string }} Page */
/** @typedef {{ readonly text: string, readonly pages: readonly Page[], readonly collapsed?: boolean }} Group */

/** @type {readonly Group[]} */
export const groups = [
  {
    text: 'Start',
    pages: [
      { file: 'README.md', text: 'What it is' },
      { file: 'docs/start.md', text: 'Start in 60 seconds' },
      { file: 'docs/usage.md', text: 'The whole API' },
      { file: 'docs/migrating.md', text: 'Migrating' },
      { file: 'docs/beside.md', text: 'Beside other libraries' },
    ],
  },
  {
    text: 'Guides',
    pages: [
      { file: 'docs/guides/containers.md', text: 'Containers' },
      { file: 'docs/guides/kubernetes.md', text: 'Kubernetes' },
      { file: 'docs/guides/many-processes.md', text: 'Many processes' },
      { file: 'docs/guides/serverless.md', text: 'Serverless' },
      { file: 'docs/guides/next.md', text: 'Next' },
      { file: 'docs/presets.md', text: 'Back ends' },
      { file: 'deploy/README.md', text: 'Files to deploy' },
    ],
  },
  {
    text: 'Look at it',
    pages: [
      { file: 'packages/studio/README.md', text: 'Studio' },
      { file: 'docs/boards.md', text: 'Boards' },
      { file: 'packages/dashboards/README.md', text: 'Boards and rules of your own' },
      { file: 'rules/runbooks.md', text: 'Runbooks' },
      { file: 'packages/cli/README.md', text: 'The command' },
    ],
  },
  {
    text: 'Reference',
    pages: [
      { file: 'docs/configuration.md', text: 'Configuration' },
      { file: 'docs/metrics.md', text: 'Metrics and events' },
      { file: 'docs/errors.md', text: 'Errors' },
      { file: 'packages/sdk/README.md', text: '@quipu/sdk' },
      { file: 'packages/http/README.md', text: '@quipu/http' },
      { file: 'packages/llm/README.md', text: '@quipu/llm' },
      { file: 'packages/activity-log/README.md', text: '@quipu/activity-log' },
      { file: 'packages/catalog/README.md', text: '@quipu/catalog' },
      { file: 'packages/core/README.md', text: '@quipu/core' },
      { file: 'packages/otlp/README.md', text: '@quipu/otlp' },
      { file: 'packages/processes/README.md', text: '@quipu/processes' },
      { file: 'packages/prometheus/README.md', text: '@quipu/prometheus' },
      { file: 'packages/protocols/README.md', text: '@quipu/protocols' },
      { file: 'packages/runtime/README.md', text: '@quipu/runtime' },
      { file: 'packages/store/README.md', text: '@quipu/store' },
      { file: 'packages/testing/README.md', text: '@quipu/testing' },
      { file: 'packages/wire/README.md', text: '@quipu/wire' },
    ],
  },
  {
    text: 'Privacy',
    pages: [
      { file: 'docs/threat-model.md', text: 'Threat model' },
      { file: 'SECURITY.md', text: 'Security' },
    ],
  },
  {
    text: 'Measured',
    collapsed: true,
    pages: [
      { file: 'docs/clients.md', text: 'Model clients' },
      { file: 'docs/frameworks.md', text: 'Servers and frameworks' },
      { file: 'bench/results.md', text: 'Time, memory, bytes' },
      { file: 'bench/models.md', text: 'Model calls' },
      { file: 'bench/bodies.md', text: 'Large bodies' },
      { file: 'bench/unobserved.md', text: 'Requests that are no model calls' },
      { file: 'bench/requests.md', text: 'Requests' },
      { file: 'bench/turns.md', text: 'Turns of the event loop' },
      { file: 'bench/studio.md', text: 'The studio' },
      { file: 'bench/query.md', text: 'Queries of lines' },
      { file: 'docs/mutation.md', text: 'Mutation tests' },
    ],
  },
  {
    text: 'Project',
    collapsed: true,
    pages: [
      { file: 'CHANGELOG.md', text: 'Changelog' },
      { file: 'ARCHITECTURE.md', text: 'Architecture' },
      { file: 'docs/map.md', text: 'The map' },
      { file: 'CONTRIBUTING.md', text: 'Contributing' },
      { file: 'examples/securetrack/README.md', text: 'Example: a small SecureTrack' },
      { file: 'examples/chat-servers/README.md', text: 'Example: chat servers' },
    ],
  },
  { text: 'Decisions', collapsed: true, pages: decisions() },
]

/** Returns the path of a repository file on the site, as a Markdown path; undefined for a file that is not a page.
 * @param {string} file
 */
export function addressOf(file) {
  if (!files.has(file)) return undefined
  if (file === 'README.md') return 'index.md'
  return file
    .replace(/^docs\//, '')
    .replace(/\/README\.md$/, '.md')
    .toLowerCase()
}

const files = new Set(groups.flatMap(({ pages }) => pages.map(({ file }) => file)))

/** Decisions, the newest first, each with its own title. */
function decisions() {
  const folder = 'docs/decisions'
  return readdirSync(join(repository, folder))
    .filter((name) => name.endsWith('.md'))
    .sort()
    .reverse()
    .map((name) => ({ file: `${folder}/${name}`, text: titleOf(`${folder}/${name}`) }))
}

/** @param {string} file */
function titleOf(file) {
  const [, title = file] = /^# (?:\d{4}-\d\d-\d\d: )?(.+)$/m.exec(readFileSync(join(repository, file), 'utf8')) ?? []
  return title.replaceAll('`', '')
}

/** Returns whether a link out of the site leads to a file of the repository.
 * @param {string} path
 */
export function isInRepository(path) {
  return !path.startsWith('..') && existsSync(join(repository, path))
}
