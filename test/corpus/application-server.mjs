import { createServer } from 'node:http'

export const tokens = { input: 7, output: 3 }

/**
 * A server of OpenAI's chat protocol that also receives OTLP. If a question offers tools, its model requests the first tool
 * and then answers.
 */
export async function startServer() {
  let calls = 0
  /** The metrics of each process: sums are cumulative, so its last export is complete. */
  const exported = new Map()
  const server = createServer(async (request, response) => {
    const parts = []
    for await (const part of request) parts.push(part)
    const body = parts.length === 0 ? undefined : JSON.parse(Buffer.concat(parts).toString())
    if (request.url === '/v1/metrics') {
      for (const { resource, scopeMetrics } of body.resourceMetrics) {
        const metrics = scopeMetrics.flatMap((each) => each.metrics)
        exported.set(textOf(resource.attributes, 'service.instance.id'), metrics)
      }
      response.writeHead(200, { 'content-type': 'application/json' }).end('{}')
    } else if (body?.messages === undefined) response.writeHead(404).end()
    else answer(response, body, ++calls)
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    get calls() {
      return calls
    },
    /** All received data, as text. */
    received: () => JSON.stringify([...exported.values()]),
    /** The count of a name and labels, over all processes. */
    countOf(name, labels = {}) {
      const points = [...exported.values()]
        .flat()
        .filter((each) => each.name === name)
        .flatMap(pointsOf)
      return points.filter((point) => hasLabels(point, labels)).reduce((sum, point) => sum + numberOf(point), 0)
    },
    close() {
      server.close()
      server.closeAllConnections()
    },
  }
}

function answer(response, { tools = [], messages, stream, response_format: format }, number) {
  const asks = tools.length > 0 && !messages.some(({ role }) => role === 'tool')
  const call = { name: tools[0]?.function.name, arguments: '{"a":1,"b":2}' }
  const message = asks
    ? {
        role: 'assistant',
        content: null,
        tool_calls: [{ index: 0, id: `t-${number}`, type: 'function', function: call }],
      }
    : { role: 'assistant', content: format === undefined ? 'planted-answer' : documentOf(format.json_schema.schema) }
  const finish = asks ? 'tool_calls' : 'stop'
  const usage = {
    prompt_tokens: tokens.input,
    completion_tokens: tokens.output,
    total_tokens: tokens.input + tokens.output,
  }
  const known = { id: `c-${number}`, created: 1, model: 'gpt-4.1-2025-04-14' }
  if (!stream) {
    const choices = [{ index: 0, finish_reason: finish, message }]
    response.writeHead(200, { 'content-type': 'application/json' })
    response.end(JSON.stringify({ ...known, object: 'chat.completion', choices, usage }))
    return
  }
  response.writeHead(200, { 'content-type': 'text/event-stream' })
  for (const chunk of [
    { choices: [{ index: 0, finish_reason: null, delta: message }] },
    { choices: [{ index: 0, finish_reason: finish, delta: {} }] },
    { choices: [], usage },
  ]) {
    response.write(`data: ${JSON.stringify({ ...known, object: 'chat.completion.chunk', ...chunk })}\n\n`)
  }
  response.end('data: [DONE]\n\n')
}

/** A document of a schema; its texts name the agent `helper`. */
function documentOf({ properties }) {
  const partOf = ({ type, enum: values }) => values?.[0] ?? (type === 'boolean' ? true : 'helper')
  return JSON.stringify(Object.fromEntries(Object.entries(properties).map(([name, each]) => [name, partOf(each)])))
}

const pointsOf = ({ sum, histogram, gauge }) => (sum ?? histogram ?? gauge).dataPoints

const textOf = (attributes, name) => attributes.find(({ key }) => key === name)?.value.stringValue

const hasLabels = ({ attributes }, labels) =>
  Object.entries(labels).every(([name, value]) => textOf(attributes, name) === value)

/** A sum's value, or the number of values of a histogram. */
const numberOf = ({ asDouble, asInt, count }) => Number(asDouble ?? asInt ?? count)
