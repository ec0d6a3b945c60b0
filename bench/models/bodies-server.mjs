import { createServer } from 'node:http'
import { gzipSync } from 'node:zlib'

// A model server with large answers: 50 MB of numbers, plain or compressed, and 50 MB of short strings.
const usage = { prompt_tokens: 120, total_tokens: 120 }
const MEGABYTES = 50
const numbers = () => Array.from({ length: 1536 }, (_, i) => Number((Math.sin(i * 7919) / 3).toFixed(9)))
const embedding = JSON.stringify({ object: 'embedding', index: 0, embedding: numbers() })
const word = JSON.stringify({ word: 'llama', tag: 'noun' })
const listOf = (element) =>
  Buffer.from(
    `{"object":"list","model":"gpt-4","data":[${Array(Math.ceil((MEGABYTES * 1e6) / (element.length + 1)))
      .fill(element)
      .join(',')}],"usage":${JSON.stringify(usage)}}`,
  )
const plain = listOf(embedding)
const bodies = { numbers: plain, words: listOf(word), compressed: gzipSync(plain, { level: 1 }) }
const answer = JSON.stringify({ model: 'gpt-4', choices: [{ message: { content: 'A cat.' } }], usage })

const server = createServer((request, response) => {
  request.resume()
  request.on('end', () => {
    const name = request.headers['x-body']
    const coding = name === 'compressed' ? { 'content-encoding': 'gzip' } : {}
    response.writeHead(200, { 'content-type': 'application/json', ...coding }).end(bodies[name] ?? answer)
  })
})
server.listen(0, '127.0.0.1', () => process.send(server.address().port))
