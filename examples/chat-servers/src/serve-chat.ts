import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { text } from 'node:stream/consumers'
import { start } from '@quipu/sdk'

/** Answers a question piece by piece. */
export type Answer = (question: string) => AsyncIterable<string>

/** Serves `POST /chat`, which streams the answer to the question in its body, and the pages of the metrics beside it. */
export async function serveChat(answer: Answer): Promise<void> {
  const quipu = start({ serviceName: 'chat' })
  const server = createServer(async (request, response) => {
    if (request.method !== 'POST') {
      quipu.handler(request, response)
      return
    }
    try {
      for await (const piece of answer(await text(request))) response.write(piece)
      response.end()
    } catch {
      if (!response.headersSent) response.writeHead(502)
      response.end()
    }
  })
  await new Promise<void>((resolve) => server.listen(Number(process.env.PORT ?? 0), '127.0.0.1', resolve))
  process.stdout.write(`http://127.0.0.1:${(server.address() as AddressInfo).port}/chat\n`)
}
