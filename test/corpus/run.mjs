import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'
import { ensureBuilt, requireNode, root, say } from '../../scripts/run.mjs'
import { runProgram } from '../compat/run-program.mjs'
import { ensureRuntime } from '../compat/runtimes.mjs'
import { checkApplication } from './applications.mjs'
import { clientsPage } from './clients-page.mjs'
import { bundled, installed } from './install.mjs'
import { applications } from './npm-applications.mjs'

// Real clients against a server that plays exact responses, with and without an observer, on every Node; then one client
// beside other observing libraries. `npm run test:clients -- 'openai 7' node-20 openlit` runs the named ones. Results are
// stored in results.json, from which docs/clients.md is generated: cells of other runs stay.
requireNode()

const nodes = ['node-20', 'node-22', 'node-24', 'node-26']
/** The only version of Node that all libraries support. */
const peerNode = 'node-24'
const applicationNodes = ['node-22', 'node-24']
const conversations = join(root, 'packages', 'wire', 'fixtures', 'conversations/')
const resultsFile = join(root, 'test', 'corpus', 'results.json')
const wanted = process.argv.slice(2)
const namedNodes = nodes.filter((node) => wanted.includes(node))
const names = wanted.filter((name) => !nodes.includes(name))
const isWanted = (name) => names.length === 0 || names.includes(name) || names.includes(name.replace(/ [\d.]+$/, ''))

const { clients, companions, judgeBeside, judgePeers, peerClient, peers, situations } = await import(
  await bundled('table.ts')
)
/** Results of this run. */
const found = { clients: {}, peers: {}, beside: {}, applications: {} }
const wrong = []
let count = 0
await runClients()
await runPeers()
await runBeside()
await runApplications()

for (const line of wrong) process.stdout.write(`${line}\n`)
process.stdout.write(`${count - wrong.length} right, ${wrong.length} wrong\n`)
const results = joinedResults()
writeFileSync(resultsFile, `${JSON.stringify(results, null, 1)}\n`)
writeFileSync(
  join(root, 'docs', 'clients.md'),
  clientsPage({ clients, peers, companions, applications, situations, results, peerNode }),
)
process.exitCode = wrong.length === 0 ? 0 : 1

async function runClients() {
  const selected = clients.filter(({ name }) => isWanted(name))
  if (selected.length === 0) return
  const folder = await installed(Object.assign({}, ...clients.map(({ packages }) => packages)))
  const program = await bundled('program.ts', folder)
  for (const { name, fromNode = 20 } of selected) {
    for (const node of namedNodes.length > 0 ? namedNodes : nodes) {
      if (Number(node.slice(5)) < fromNode) continue
      say(`${name} on ${node}`)
      const cells = await printed(node, folder, [program, name, conversations])
      found.clients[name] = { ...found.clients[name], [node]: kept(cells) }
      count += Object.keys(cells).length
      for (const [situation, cell] of wrongOf(cells)) wrong.push(`${name}, ${node}, ${situation}: ${cell}`)
    }
  }
}

/** Runs other libraries. Their cells are shown and never count as failures. */
async function runPeers() {
  for (const peer of peers.filter(({ name }) => isWanted(name))) {
    const folder = await installed({ ...peerClient.packages, ...peer.packages })
    const program = await bundled('peer-program.ts', folder)
    say(peer.name)
    const bare = await printed(peerNode, folder, [program, 'none', conversations])
    const observed = await printed(peerNode, folder, [program, peer.name, conversations])
    const folderUrl = pathToFileURL(conversations)
    const cells = observed.program === undefined ? judgePeers(bare, observed, folderUrl) : observed
    found.peers[peer.name] = kept(cells)
  }
}

/** Runs Quipu loaded before and after each companion library. */
async function runBeside() {
  for (const { name, packages } of companions.filter(({ name }) => isWanted(name))) {
    const folder = await installed({ ...peerClient.packages, ...packages })
    const program = await bundled('beside-program.ts', folder)
    say(`beside ${name}`)
    const without = await printed(peerNode, folder, [program, name, 'without', conversations])
    for (const order of ['before', 'after']) {
      const beside = await printed(peerNode, folder, [program, name, order, conversations])
      const cells = beside.program === undefined ? judgeBeside(without, beside) : beside
      found.beside[name] = { ...found.beside[name], [order]: Object.fromEntries(wrongOf(cells)) }
      count += Object.keys(cells).length
      for (const [situation, cell] of wrongOf(cells)) wrong.push(`${order} ${name}, ${situation}: ${cell}`)
    }
  }
}

async function runApplications() {
  const selected = applications.filter(({ name }) => isWanted(name))
  // They run the built packages, clients the sources.
  if (selected.length > 0) ensureBuilt()
  for (const application of selected) {
    const { name } = application
    for (const node of applicationNodes.filter((each) => namedNodes.length === 0 || namedNodes.includes(each))) {
      say(`${name} on ${node}`)
      const { program } = await ensureRuntime(node)
      const numbers = await checkApplication(application, program).catch((error) => String(error))
      const differing = wrongOf({ numbers })
      found.applications[name] = { ...found.applications[name], [node]: { wrong: Object.fromEntries(differing) } }
      count++
      for (const [, cell] of differing) wrong.push(`${name}, ${node}: ${cell}`)
    }
  }
}

/** Returns the object that a program prints; `{ program }` describes its end if it prints none. */
async function printed(node, cwd, args) {
  const { program } = await ensureRuntime(node)
  const { code, output } = await runProgram(program, args, { cwd, timeoutMs: 240_000 })
  const line = output.split('\n').find((each) => each.startsWith('{"'))
  return code === 0 && line !== undefined ? JSON.parse(line) : { program: `ended with ${code}: ${output.slice(-600)}` }
}

function wrongOf(cells) {
  return Object.entries(cells).filter(([, cell]) => !cell.startsWith('right'))
}

/** Stored cells; situations that are not listed are right. */
function kept(cells) {
  if (cells.program !== undefined) return { wrong: { program: cells.program } }
  const notOffered = situations.filter((situation) => cells[situation] === undefined)
  return { wrong: Object.fromEntries(wrongOf(cells)), notOffered }
}

/** Merges the results of this run with earlier ones of the same situations and of current table entries. */
function joinedResults() {
  const read = existsSync(resultsFile) ? JSON.parse(readFileSync(resultsFile, 'utf8')) : {}
  const known = String(read.situations) === String(situations) ? read : {}
  const joined = (part, all) => fromEntries(all, (name) => ({ ...known[part]?.[name], ...found[part][name] }))
  return {
    situations,
    clients: joined('clients', clients),
    peers: joined('peers', peers),
    beside: joined('beside', companions),
    applications: joined('applications', applications),
  }
}

function fromEntries(all, cellsOf) {
  return Object.fromEntries(
    all.map(({ name }) => [name, cellsOf(name)]).filter(([, value]) => Object.keys(value).length > 0),
  )
}
