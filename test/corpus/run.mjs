import { createHash } from 'node:crypto'
import { existsSync, mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { build } from 'esbuild'
import { requireNode, root, say } from '../../scripts/run.mjs'
import { runProgram } from '../compat/run-program.mjs'
import { ensureRuntime } from '../compat/runtimes.mjs'

// Real clients against a server that plays exact answers, with and without an observer, on every Node. Writes
// docs/clients.md of all that ran. `npm run test:clients -- 'openai 7' node-20` runs some clients on some Nodes; naming a client
// writes nothing.
requireNode()

const nodes = ['node-20', 'node-22', 'node-24', 'node-26']
const conversations = join(root, 'packages', 'llm', 'fixtures', 'conversations/')
const wanted = process.argv.slice(2)
const isWanted = (name) => wanted.every((each) => nodes.includes(each)) || wanted.includes(name)

const { clients, situations } = await bundled('table.ts').then(({ file }) => import(file))
const folder = await installed(Object.assign({}, ...clients.map(({ packages }) => packages)))
const program = await bundled('program.ts', folder)

const rows = []
for (const client of clients.filter(({ name }) => isWanted(name))) {
  const byNode = {}
  for (const node of nodes.filter((each) => !wanted.some((name) => nodes.includes(name)) || wanted.includes(each))) {
    if (client.fromNode !== undefined && Number(node.slice(5)) < client.fromNode) continue
    say(`${client.name} on ${node}`)
    byNode[node] = await cellsOf(client.name, node)
  }
  rows.push({ name: client.name, byNode })
}

const wrong = rows.flatMap(({ name, byNode }) =>
  Object.entries(byNode).flatMap(([node, cells]) =>
    Object.entries(cells)
      .filter(([, cell]) => !cell.startsWith('right'))
      .map(([situation, cell]) => `${name}, ${node}, ${situation}: ${cell}`),
  ),
)
for (const line of wrong) process.stdout.write(`${line}\n`)
const count = rows.flatMap(({ byNode }) => Object.values(byNode).flatMap((cells) => Object.values(cells))).length
process.stdout.write(`${count - wrong.length} right, ${wrong.length} wrong\n`)
if (wanted.every((name) => nodes.includes(name))) writeFileSync(join(root, 'docs', 'clients.md'), page(rows))
process.exitCode = wrong.length === 0 ? 0 : 1

async function cellsOf(name, node) {
  const { program: path } = await ensureRuntime(node)
  const { code, output } = await runProgram(path, [program.file, name, conversations], {
    cwd: folder,
    timeoutMs: 120_000,
  })
  const line = output.split('\n').find((each) => each.startsWith('{'))
  return code === 0 && line !== undefined ? JSON.parse(line) : { program: `ended with ${code}: ${output.slice(-600)}` }
}

/** A program with Quipu's sources in it and the clients outside. */
async function bundled(name, into = join(root, 'node_modules', '.cache', 'corpus')) {
  mkdirSync(into, { recursive: true })
  const file = join(into, name.replace(/\.ts$/, '.mjs'))
  await build({
    entryPoints: [join(root, 'test', 'corpus', name)],
    outfile: file,
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    conditions: ['@quipu/source'],
    logLevel: 'error',
    banner: { js: "import { createRequire } from 'node:module'; const require = createRequire(import.meta.url)" },
  })
  return { file }
}

/** A folder in which the clients are installed; kept until one of their versions changes. */
async function installed(packages) {
  const key = createHash('sha256').update(JSON.stringify(packages)).digest('hex').slice(0, 12)
  const place = join(process.env.QUIPU_CORPUS ?? join(homedir(), '.cache', 'quipu', 'corpus'), key)
  if (existsSync(place)) return place
  say('installing clients …')
  const temporary = `${place}.${process.pid}`
  mkdirSync(temporary, { recursive: true })
  writeFileSync(
    join(temporary, 'package.json'),
    JSON.stringify({ private: true, type: 'module', dependencies: packages }),
  )
  const flags = ['--no-audit', '--no-fund', '--ignore-scripts', '--loglevel=error', '--legacy-peer-deps']
  const { code, output } = await runProgram('npm', ['install', ...flags], { cwd: temporary, timeoutMs: 600_000 })
  if (code !== 0) {
    rmSync(temporary, { recursive: true, force: true })
    throw new Error(`npm install failed.\n${output}`)
  }
  renameSync(temporary, place)
  return place
}

function page(rows) {
  const head = ['client', ...situations]
  const lines = rows.map(({ name, byNode }) => [name, ...situations.map((situation) => cellText(byNode, situation))])
  return [
    '# Model clients',
    '',
    'Made by `npm run test:clients`: each client of the table, as its package is published, calls a server on loopback that',
    `plays conversations. Every cell is the same program twice, without and with \`observeModelCalls\`, on ${nodesOf(rows)}.`,
    '`✓`: results, errors, unhandled rejections and requests are the same with and without it, and calls, retries,',
    'tokens, bytes and outcome are those that the server saw. Anything else is written out. On Node 20 the bodies of requests by',
    '`node:http` (openai 4, axios, node-fetch, got) are not seen: there the model is that of the answer. `–`: the client ends the process',
    'by itself there.',
    '',
    `| ${head.join(' | ')} |`,
    `|${head.map(() => '---').join('|')}|`,
    ...lines.map((line) => `| ${line.join(' | ')} |`),
    '',
  ].join('\n')
}

function nodesOf(rows) {
  const names = new Set(rows.flatMap(({ byNode }) => Object.keys(byNode)))
  return [...names].map((node) => node.replace('node-', 'Node ')).join(', ')
}

function cellText(byNode, situation) {
  const hasRun = ([, cells]) => cells[situation] !== undefined || cells.program !== undefined
  if (!Object.entries(byNode).some(hasRun)) return '–'
  const bad = Object.entries(byNode).filter(([, cells]) => !cells[situation]?.startsWith('right'))
  if (bad.length === 0) return '✓'
  const words = new Set(bad.map(([, cells]) => cells[situation] ?? cells.program))
  const where =
    bad.length === Object.keys(byNode).length ? '' : ` (${bad.map(([node]) => node.replace('-', ' ')).join(', ')})`
  return `${[...words].join('; ').replaceAll('|', '/')}${where}`
}
