import { generateKeyPairSync } from 'node:crypto'
import { once } from 'node:events'
import { writeFileSync } from 'node:fs'
import { createServer } from 'node:http'

/** A loopback server that issues tokens for a Google service account. */
export interface GoogleTokens {
  /** The token that its client has to send. */
  readonly token: string
  /** Number of issued tokens. */
  given(): number
  close(): Promise<void>
}

/** Starts the server, and writes the file for GOOGLE_APPLICATION_CREDENTIALS with a newly created key. */
export async function startGoogleTokens(credentialsFile: string): Promise<GoogleTokens> {
  const token = 'token-of-the-test'
  let given = 0
  const server = createServer((request, response) => {
    let asked = ''
    request.setEncoding('utf8').on('data', (text: string) => {
      asked += text
    })
    request.on('end', () => {
      const isSigned = new URLSearchParams(asked).get('assertion')?.split('.').length === 3
      if (isSigned) given++
      response.writeHead(isSigned ? 200 : 400, { 'content-type': 'application/json' })
      response.end(JSON.stringify({ access_token: token, token_type: 'Bearer', expires_in: 3600 }))
    })
  }).listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  const port = address !== null && typeof address === 'object' ? address.port : 0
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  writeFileSync(
    credentialsFile,
    JSON.stringify({
      type: 'service_account',
      project_id: 'shop',
      private_key_id: '1',
      private_key: privateKey.export({ type: 'pkcs8', format: 'pem' }),
      client_email: 'collector@shop.iam.gserviceaccount.com',
      client_id: '1',
      token_uri: `http://127.0.0.1:${port}/token`,
    }),
  )
  return {
    token,
    given: () => given,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}
