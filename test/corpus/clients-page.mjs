/** The page that shows the results of every client and library, in the order of their tables. */
export function clientsPage({ clients, peers, companions, applications, situations, results, peerNode }) {
  const run = clients.filter(({ name }) => results.clients[name] !== undefined)
  const nodes = [...new Set(run.flatMap(({ name }) => Object.keys(results.clients[name])))].sort()
  const others = peers.filter(({ name }) => results.peers[name] !== undefined)
  return [
    '# Model clients',
    '',
    'Made by `npm run test:clients`: each client of the table, as its package is published, calls a server on loopback that',
    `plays conversations. Every cell is the same program twice, without and with \`observeModelCalls\`, on ${nodes.map(nodeName).join(', ')}.`,
    '`✓`: results, errors and the depth of their stacks, unhandled rejections, and number and bytes of requests are the same with',
    'and without it, and calls, retries, tokens, bytes, cost, rate limits and outcome are those that the server sent. Anything else',
    'is written out; what changed is run again, at most twice, since where an abort meets an answer is a matter of time. On Node 20',
    'the bodies of requests by `node:http` (openai 4, Bedrock, axios, node-fetch, got) are not seen: there the model is that of the',
    'path or the answer. `–`: the client has no such thing, its protocol has no such answer, or it ends the process by',
    'itself there.',
    '',
    ...table([
      ['client', ...situations],
      ...run.map(({ name }) => [name, ...situations.map((situation) => cellText(results.clients[name], situation))]),
    ]),
    '',
    '## The same situations, observed by other libraries',
    '',
    `The client is \`openai\` 6, which all of them accept, on ${nodeName(peerNode)}. The question is milder than above: one call for each operation, the`,
    "provider's number of input and output tokens, a failure recorded as a failure, and nothing changed for the application.",
    'Retries, details of tokens, bytes, cost and rate limits are not asked for.',
    '',
    ...table([
      ['situation', ...others.map(({ name, records }) => `${name} (${records})`)],
      ...situations.map((situation) => [
        situation,
        ...others.map(({ name }) => cellText({ [peerNode]: results.peers[name] }, situation)),
      ]),
    ]),
    '',
    '## Beside other libraries',
    '',
    'The same client, traced or patched by another library, with Quipu loaded before it and after it. `✓`: of fourteen situations,',
    'among them failures that the application handles, breaks and calls that are not awaited, each has the results, unhandled',
    'rejections and requests that it has beside the library alone, and Quipu records what the server sent, once.',
    '',
    ...table([
      ['library', 'Quipu before it', 'Quipu after it'],
      ...companions
        .filter(({ name }) => results.beside?.[name] !== undefined)
        .map(({ name }) => [name, ...['before', 'after'].map((order) => besideText(results.beside[name][order]))]),
    ]),
    '',
    '## Applications from npm',
    '',
    `Unchanged, started with \`--import @quipu/sdk/register\` on ${nodeName(peerNode)}: calls and tokens that arrive over OTLP are those that the`,
    'server of the model saw.',
    '',
    ...table([
      ['application', 'numbers'],
      ...applications
        .filter(({ name }) => results.applications[name] !== undefined)
        .map(({ name }) => [name, results.applications[name].cell === 'right' ? '✓' : results.applications[name].cell]),
    ]),
    '',
  ].join('\n')
}

function besideText(wrong = {}) {
  const cells = Object.entries(wrong).map(([situation, cell]) => `${situation}: ${cell}`)
  return cells.length === 0 ? '✓' : cells.join('; ').replaceAll('|', '/').replaceAll('\n', ' ')
}

function table([head, ...rows]) {
  return [head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`)
}

const nodeName = (node) => node.replace('node-', 'Node ')

function cellText(byNode, situation) {
  const ran = Object.entries(byNode).filter(([, { notOffered = [] }]) => !notOffered.includes(situation))
  if (ran.length === 0) return '–'
  const bad = ran.flatMap(([node, { wrong }]) => {
    const text = wrong[situation] ?? wrong.program
    return text === undefined ? [] : [[node, text]]
  })
  if (bad.length === 0) return '✓'
  const words = new Set(bad.map(([, text]) => text))
  const where = bad.length === ran.length ? '' : ` (${bad.map(([node]) => nodeName(node)).join(', ')})`
  return `${[...words].join('; ').replaceAll('|', '/').replaceAll('\n', ' ')}${where}`
}
