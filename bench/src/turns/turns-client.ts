import { Agent, get } from 'node:http'

interface Order {
  readonly port: number
  readonly headers: Readonly<Record<string, string>>
}

// A scraper in its own process, which reads the page as it arrives and keeps nothing.
const agent = new Agent({ keepAlive: true })
process.on('message', ({ port, headers }: Order) => {
  get({ host: '127.0.0.1', port, path: '/page', headers, agent }, (response) => {
    let bytes = 0
    response.on('data', (chunk: Buffer) => {
      bytes += chunk.length
    })
    response.on('end', () =>
      process.send?.({ status: response.statusCode, coding: response.headers['content-encoding'], bytes }),
    )
  }).on('error', (error) => process.send?.({ status: 0, error: error.message }))
})
process.on('disconnect', () => process.exit(0))
