import { createServer } from 'node:http'

// A model server with prepared responses. `user` in a request selects the response: a number of chunks, twenty at once
// (`4000`) or one every five milliseconds (`apart 200`), or an open stream that gets a chunk every tenth of a second between
// `/go` and `/halt` (`hold`).
const chunk = (delta, more = {}) =>
  `data: ${JSON.stringify({ id: 'c', object: 'chat.completion.chunk', created: 1, model: 'gpt-4', choices: [{ index: 0, delta, finish_reason: null }], ...more })}\n\n`
const usage = { prompt_tokens: 120, completion_tokens: 30, total_tokens: 150 }
const answer = JSON.stringify({
  id: 'c',
  object: 'chat.completion',
  created: 1,
  model: 'gpt-4',
  choices: [
    { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: 'No threats found. '.repeat(20) } },
  ],
  usage,
})
const first = chunk({ role: 'assistant', content: '' })
const middle = chunk({ content: ' and then some words' })
const last = `${chunk({}, { choices: [{ index: 0, delta: {}, finish_reason: 'stop' }], usage })}data: [DONE]\n\n`
const held = new Set()
let isGoing = false
setInterval(() => {
  if (isGoing) for (const response of held) response.write(middle)
}, 100)

const server = createServer((request, response) => {
  const pieces = []
  request.on('data', (piece) => pieces.push(piece))
  request.on('end', () => {
    if (request.url === '/go' || request.url === '/halt') {
      isGoing = request.url === '/go'
      response.end()
      return
    }
    const { stream, user } = request.url === '/other' ? {} : JSON.parse(Buffer.concat(pieces).toString())
    if (!stream) {
      response.writeHead(200, { 'content-type': 'application/json' }).end(answer)
      return
    }
    response.writeHead(200, { 'content-type': 'text/event-stream' })
    response.write(first)
    if (user === 'hold') {
      held.add(response)
      response.on('close', () => held.delete(response))
      return
    }
    let left = Number(user.split(' ').at(-1))
    if (user.startsWith('apart')) {
      const timer = setInterval(() => {
        if (left-- > 0) response.write(middle)
        else response.end(last, () => clearInterval(timer))
      }, 5)
      return
    }
    const send = () => {
      for (let i = 0; i < 20 && left > 0; i++, left--) response.write(middle)
      if (left > 0) setImmediate(send)
      else response.end(last)
    }
    send()
  })
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
